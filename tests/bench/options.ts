import { parseArgs } from 'node:util';

export interface Options {
  /** Sizes of the catalogue; the last one is measured in full. */
  products: number[];
  /** Of a round. */
  seconds: number;
  rounds: number;
  /** A part of the names of rows. */
  only: string | undefined;
  soakMinutes: number | undefined;
  /** Writes docs/performance/bench.md as well. */
  report: boolean;
}

/** @throws Error that says what is wrong */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      products: { type: 'string', default: '100000' },
      seconds: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '5' },
      only: { type: 'string' },
      soak: { type: 'string' },
      report: { type: 'boolean', default: false },
    },
  });
  const products = values.products.split(',').map((text) => whole('--products', text, 1, 2_000_000));
  const soak = values.soak === undefined ? undefined : whole('--soak', values.soak.replace(/m$/, ''), 1, 600);
  return { products, seconds: whole('--seconds', values.seconds, 1, 60), rounds: whole('--rounds', values.rounds, 1, 50), only: values.only, soakMinutes: soak, report: values.report };
}

function whole(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least || number > most) throw new Error(`${name} ${text}: a whole number from ${least} to ${most}`);
  return number;
}
