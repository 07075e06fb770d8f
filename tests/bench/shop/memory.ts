import { readFileSync } from 'node:fs';
import { replicas } from '../../../infra/local/src/processes.ts';
import type { Watched } from '../cpu/meter.ts';
import { kindOf } from '../figures.ts';
import type { BenchShop } from './shop.ts';

/** Anonymous memory in MB (10^6): what a process has for itself, without the program and the libraries that it shares. */
export function anonymousOf({ pid }: Watched): number {
  const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error(`the kernel does not tell the anonymous memory of process ${pid}`);
  return (Number(kilobytes) * 1024) / 1e6;
}

/** Of each replica of a service. */
export function memoryOf(shop: BenchShop): Record<string, number> {
  const ours = shop.watched().filter(({ name }) => kindOf(name) in replicas);
  return Object.fromEntries(ours.map((watched) => [watched.name, anonymousOf(watched)]));
}
