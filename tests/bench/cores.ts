import { spawnSync } from 'node:child_process';

/** Which processor is whose. Undefined where there is one alone, or no `taskset`: then all share all. */
export interface Cores {
  shop: number | undefined;
  generator: number | undefined;
}

/** The first two processors that we may run on. */
export function chooseCores(): Cores {
  const { status, stdout } = spawnSync('taskset', ['-c', '-p', String(process.pid)], { encoding: 'utf8' });
  const [shop, generator] = status === 0 ? listed(stdout.split(':').at(-1) ?? '') : [];
  return generator === undefined ? { shop: undefined, generator: undefined } : { shop, generator };
}

/** `0-2,5` as numbers. */
export function listed(text: string): number[] {
  return text.trim().split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

export function tell({ shop, generator }: Cores): string {
  return shop === undefined ? 'shop and generator share all processors' : `shop on processor ${shop}, generator on processor ${generator}`;
}

/** Puts a command on one processor. */
export function pinned(core: number | undefined, command: readonly string[]): string[] {
  return core === undefined ? [...command] : ['taskset', '-c', String(core), ...command];
}
