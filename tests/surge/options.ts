import { parseArgs } from 'node:util';
import { type Protection, protections } from '@emall/runtime';
import type { Lengths } from './plan/schedule.ts';

export interface Options {
  seed: string;
  /** A file of real baskets. */
  baskets: string | undefined;
  bots: number;
  without: Protection[];
  /** Made-up ones, besides the demonstration catalogue. */
  products: number;
  /** Of the surge. */
  lengths: Lengths;
  /** Of the replay, which is held for longer: whoever begins to order in its last half minute is still served when it is over. */
  replayLengths: Lengths;
  thinkMs: number;
  /** Visits and good answers a second, where they are known: `12/80`. */
  capacity: { rate: number; goodput: number } | undefined;
  proofs: boolean;
  report: boolean;
}

export class UsageError extends Error {}

/** @throws UsageError that names what is wrong */
export function readOptions(args: string[], env: NodeJS.ProcessEnv): Options {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parsed(() =>
    parseArgs({ args, options: { seed: text, baskets: text, bots: text, without: text, products: text, normal: text, ramp: text, surge: text, back: text, think: text, capacity: text, proofs: flag, report: flag } }));
  const number = (name: keyof typeof values, fallback: number, least: number) => {
    const value = values[name] === undefined ? fallback : Number(values[name]);
    if (!(value >= least) || !Number.isFinite(value)) throw new UsageError(`--${name} is a number, ${least} or more`);
    return value;
  };
  const whole = (name: keyof typeof values, fallback: number, least: number) => {
    const value = number(name, fallback, least);
    if (!Number.isInteger(value)) throw new UsageError(`--${name} is a whole number`);
    return value;
  };
  const lengths = { normal: whole('normal', 20, 8), ramp: whole('ramp', 10, 1), surge: whole('surge', 30, 1), back: whole('back', 20, 14) };
  return {
    seed: values.seed ?? Date.now().toString(36),
    baskets: values.baskets ?? (env['EMALL_BASKETS'] || undefined),
    bots: whole('bots', 0, 0),
    without: readProtections(values.without ?? ''),
    products: whole('products', 100_000, 0),
    lengths,
    replayLengths: { ...lengths, surge: whole('surge', 90, 1) },
    thinkMs: number('think', 800, 0),
    capacity: values.capacity === undefined ? undefined : readCapacity(values.capacity),
    proofs: values.proofs ?? false,
    report: values.report ?? false,
  };
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readCapacity(text: string): Options['capacity'] {
  const [rate = 0, goodput = 0, ...more] = text.split('/').map(Number);
  if (!(rate > 0 && goodput > 0) || more.length > 0) throw new UsageError('--capacity is visits and good answers a second: 12/80');
  return { rate, goodput };
}

function readProtections(text: string): Protection[] {
  return text.split(',').filter(Boolean).map((name) => {
    const found = protections.find((each) => each === name);
    if (found === undefined) throw new UsageError(`--without ${name}: there are ${protections.join(', ')}`);
    return found;
  });
}
