import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { faults } from './inject/all.ts';
import { type Evidence, type Fault, healed } from './inject/fault.ts';
import type { Call } from './history/call.ts';
import { Random } from './random.ts';
import type { Target } from './target.ts';
import { type Outcome, underLoad } from './under-load.ts';

const SHOPPERS = 6;
/** Before, between and after faults, so that each meets a shop that works, and checkouts at every step. */
export const CALM_MS = 2000;
/** How long we wait for a call that meets the fault: a cache that was away is left alone for a while. */
const MET_MS = 20_000;

/** From when a fault was there until what it broke served again. */
export interface Span {
  name: string;
  from: number;
  /** When it was healed, before anybody waited for what it broke. */
  back: number;
  to: number;
  /** Until the next fault. */
  next: number;
  evidence: Evidence;
}

export interface Suffered {
  calls: readonly Call[];
  violations: Outcome['violations'];
  span(name: string): Span;
}

/** Something to break, and for how long. */
export type Plan = readonly (readonly [fault: string | Fault, ms: number])[];

let runs = 0;

/** Breaks one thing after the other while a few shoppers buy. */
export async function suffering(target: Target, plan: Plan): Promise<Suffered> {
  const chosen = plan.map(([which, ms]) => ({ fault: typeof which === 'string' ? named(which) : which, ms }));
  const spans: Span[] = [];
  runs += 1;
  const random = new Random(`named ${runs}`);
  const folder = mkdtempSync(join(tmpdir(), 'emall-history-'));
  const { calls, violations } = await underLoad(target, { random, folder, shoppers: SHOPPERS, prefix: `n${runs}${Date.now().toString(36)}` }, async () => {
    for (const { fault, ms } of chosen) {
      await sleep(CALM_MS);
      const before = spans.at(-1);
      if (before !== undefined) before.next = Date.now();
      spans.push(await suffer(target, fault, ms, random.fork(fault.name)));
    }
    await sleep(CALM_MS);
  });
  if (violations.length === 0) rmSync(folder, { recursive: true });
  else process.stdout.write(`    what the clients saw is kept in ${folder}\n`);
  return { calls, violations, span: (name) => spanOf(spans, name) };
}

async function suffer(target: Target, fault: Fault, ms: number, random: Random): Promise<Span> {
  const from = Date.now();
  const heal = await fault.inject(target, random);
  let back = 0;
  let evidence: Evidence;
  try {
    await sleep(ms);
  } finally {
    back = Date.now();
    evidence = await heal();
  }
  return { name: fault.name, from, back, to: Date.now(), next: Infinity, evidence };
}

/** One of these after the other, each until something shows that it was there: not every second brings a call that meets it. */
export function inTurn(name: string, names: readonly string[], ms: number): Fault {
  const each = names.map(named);
  const [first] = each;
  if (first === undefined) throw new Error('there is nothing to do in turn');
  return {
    name,
    row: first.row,
    on: first.on,
    async inject(target, random) {
      const evidence: Evidence[] = [];
      for (const fault of each) {
        let felt: Evidence;
        const end = Date.now() + MET_MS;
        while (felt === undefined && Date.now() < end) ({ evidence: felt } = await suffer(target, fault, ms, random));
        if (felt === undefined) process.stdout.write(`    nothing shows that "${fault.name}" was there\n`);
        evidence.push(felt && `${fault.name}: ${felt}`);
      }
      return healed(evidence.includes(undefined) ? undefined : evidence.join('; '));
    },
  };
}

function named(name: string): Fault {
  const fault = faults.find((each) => each.name === name);
  if (fault === undefined) throw new Error(`there is no fault "${name}"`);
  return fault;
}

/** @throws when nothing shows that the fault was there: whatever was seen meanwhile proves nothing */
function spanOf(spans: readonly Span[], name: string): Span {
  const span = spans.find((each) => each.name === name);
  if (span?.evidence === undefined) throw new Error(`nothing shows that "${name}" was there`);
  return span;
}
