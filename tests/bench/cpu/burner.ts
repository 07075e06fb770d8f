import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Takes as much CPU time as it is told, in milliseconds, by itself and by a child that ends before it says so. */
function burn(own: number, ofChildren: number): void {
  if (ofChildren > 0) spawnSync(process.execPath, [fileURLToPath(import.meta.url), String(ofChildren)], { stdio: 'ignore' });
  const begun = process.cpuUsage();
  for (;;) {
    const { user, system } = process.cpuUsage(begun);
    if ((user + system) / 1000 >= own) return;
  }
}

if (process.send) {
  process.on('message', ({ own, ofChildren }: { own: number; ofChildren: number }) => {
    burn(own, ofChildren);
    process.send?.('burnt');
  });
  process.on('disconnect', () => process.exit(0));
  process.send('here');
} else burn(Number(process.argv[2]), 0);
