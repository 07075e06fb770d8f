import type { ParseArgsConfig } from 'node:util';

/** What each file beside this one gives `cli.ts`. */
export interface Command {
  /** `emall ` and this. */
  usage: string;
  /** What `--help` says below the usage. */
  help: string;
  options?: NonNullable<ParseArgsConfig['options']>;
  /** How many arguments that are no options: [least, most]. */
  arguments?: [number, number];
  /** Passes everything on to another program, which has options of its own. */
  passesOn?: boolean;
  run(input: { values: Record<string, unknown>; args: string[] }): Promise<number>;
}
