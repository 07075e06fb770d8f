import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';

/** A process that does this with its log; never ends by itself. */
function logging(work: string) {
  const program = `
    import { createLog } from ${JSON.stringify(join(import.meta.dirname, 'log.ts'))};
    const log = createLog({ service: 'a', replica: 'a', version: 'a', level: 'info' });
    setTimeout(() => undefined, 60_000);
    ${work}`;
  return spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], { stdio: ['ignore', 'pipe', 'ignore'] });
}

const saidIn = (lines: string) => lines.trim().split('\n').map((line) => (JSON.parse(line) as { msg: string }).msg);

describe('the log', () => {
  it.each([
    ['that goes on', ''],
    ['with more than it keeps', "log.info('x'.repeat(20_000));"],
  ])('of a process %s can be read soon', async (_, more) => {
    const child = logging(`log.info('one'); ${more}`);
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    child.kill('SIGKILL');
    expect(chunk.toString()).toContain('"msg":"one"');
  });

  it.each([
    ['exits', 'process.exit(3);'],
    ['fails', "throw new Error('nobody catches this');"],
  ])('of a process is whole when it %s', async (_, end) => {
    const child = logging(`for (const word of ['one', 'two', 'three']) log.info(word); ${end}`);
    expect(saidIn(await text(child.stdout))).toEqual(['one', 'two', 'three']);
  });

  it('of a process has what is fatal before anything else happens', async () => {
    const child = logging("log.info('one'); log.fatal('two'); process.kill(process.pid, 'SIGKILL');");
    expect(saidIn(await text(child.stdout))).toEqual(['one', 'two']);
  });
});
