import { describe, expect, it } from '@jest/globals';
import { protections } from '@emall/runtime';
import { hasPeaked, peakOf } from './capacity.ts';
import { asTable, begunWithin, compare, failedShare } from './incident/compare.ts';
import { incidentReport } from './incident/report.ts';
import { troubledTime } from './incident/trouble.ts';
import { readOptions } from './options.ts';
import { surgeOf } from './plan/schedule.ts';
import { isAsItShouldBe, type Proven, PROOFS, proofTable } from './proofs.ts';
import type { Summary } from './record/summary.ts';
import { normalRate } from './surge.ts';

const steps = (...goodputs: number[]) => goodputs.map((goodput, n) => ({ rate: n + 1, offered: 0, goodput }));

describe('capacity', () => {
  it('is where goodput stops rising, not where chance puts it a little higher', () => {
    expect(peakOf(steps(10, 20, 40, 41, 40.5)).rate).toBe(3);
    expect(peakOf(steps(10, 20, 40, 44, 20)).rate).toBe(4);
  });

  it('is known after two steps that bring nothing more', () => {
    expect([hasPeaked(steps(10, 20, 40)), hasPeaked(steps(10, 20, 40, 41)), hasPeaked(steps(10, 20, 40, 41, 30)), hasPeaked(steps(10, 20, 40, 30, 60))]).toEqual([false, false, true, false]);
  });

  it('is a quarter of itself in normal times, so that ten times as many are two and a half times too many', () => {
    expect(normalRate({ rate: 40 })).toBe(10);
  });
});

describe('options', () => {
  it('name what is wrong', () => {
    const wrong = (...args: string[]) => () => readOptions(args, {});
    expect(wrong('--bots', 'many')).toThrow('--bots is a number');
    expect(wrong('--bots', '1.5')).toThrow('--bots is a whole number');
    expect(wrong('--surge', '0')).toThrow('--surge is a number, 1 or more');
    expect(wrong('--capacity', '12')).toThrow('--capacity is visits and good answers a second: 12/80');
    expect(wrong('--without', 'luck')).toThrow('--without luck: there are edge-cache');
    expect(wrong('--what')).toThrow(/--what/);
  });

  it('take real baskets from the environment, and protections by name', () => {
    expect(readOptions(['--without', 'cache,deadlines', '--capacity', '12.5/80'], { EMALL_BASKETS: '/a' })).toMatchObject({ baskets: '/a', without: ['cache', 'deadlines'], capacity: { rate: 12.5, goodput: 80 } });
    expect(readOptions(['--baskets', '/b'], { EMALL_BASKETS: '/a' }).baskets).toBe('/b');
    expect(readOptions([], { EMALL_BASKETS: '' }).baskets).toBeUndefined();
  });
});

const summary = (lost: number, more: Partial<Summary> = {}): Summary => ({
  visits: 0, offered: 200, outcomes: { good: 100, late: 0, shed: 3, failed: 0 }, stale: 0, cached: 0,
  transactions: { begun: 40, ordered: 40 - lost, refused: 0, lost, admittedAndLost: lost, whys: {} },
  goodput: 90, offeredInSurge: 300, latency: { normalP99: 1, normalWorstP99: 1, surgeP50: 1, surgeP99: 77 }, refusalP99: 12, failureP99: 0,
  normalAgainAfterS: undefined, latenessP99: 1, bots: { good: 0, shed: 0, failed: 0 }, ...more,
});

describe('the replay', () => {
  it('puts 2023, its replay and today side by side', () => {
    const rows = compare({ summary: summary(14), during: { begun: 20, lost: 13 } }, { summary: summary(0, { normalAgainAfterS: 2 }), during: { begun: 30, lost: 0 } });
    expect(rows.slice(0, 3)).toEqual([
      { what: 'transactions failed while it lasted', in2023: '30 %', replayed: '65.00 % (13 of 20)', today: '0.00 % (0 of 30)' },
      { what: 'transactions failed in the whole run', in2023: '', replayed: '35.00 % (14 of 40)', today: '0.00 % (0 of 40)' },
      { what: 'normal again after the surge', in2023: '105 min', replayed: 'not within the run', today: '2 s' },
    ]);
    expect(new Set(asTable(rows).split('\n').map((line) => line.length)).size).toBe(1);
  });

  it('counts as the outage what was begun while the fault was there', () => {
    const transaction = (begun: number, outcome: 'ordered' | 'lost') => ({ begun, ended: begun + 1, outcome, admitted: true });
    const all = [transaction(999, 'lost'), transaction(1000, 'lost'), transaction(1500, 'ordered'), transaction(2000, 'lost')];
    expect(begunWithin(all, { from: 1, to: 2 })).toEqual({ begun: 2, lost: 1 });
    expect(troubledTime(surgeOf(1, { normal: 20, ramp: 10, surge: 30, back: 40 }))).toEqual({ from: 20, to: 70 });
  });

  it('does not divide by nobody', () => {
    expect(failedShare({ begun: 0, lost: 0 })).toBe(0);
  });

  it('is written down with what makes it again', () => {
    const options = { seed: 'abc', products: 5, replayLengths: { normal: 1, ramp: 2, surge: 3, back: 4 }, without: [], baskets: undefined };
    const text = incidentReport({ options, capacity: { rate: 40, goodput: 99 }, table: '| T |', findings: [{ promise: 'p', bar: 'b', seen: 's', kept: false }] }, '2026-11-23');
    for (const part of ['npm run incident -- --report --seed abc', '100.0 visits a second after 10.0', '| T |', '| p | b | s | **broken** |']) expect(text).toContain(part);
  });
});

describe('proofs', () => {
  const finding = (kept: boolean) => ({ promise: 'p', bar: '', seen: 's', kept });
  const proven = (more: Partial<Proven>): Proven => ({ scenario: 'surge', findings: [finding(true)], valid: true, goodput: 100, ...more });

  it('are there for every protection, each after its control', () => {
    expect(new Set(PROOFS.map(({ without }) => without).filter((name) => name !== undefined))).toEqual(new Set(protections));
    for (const { scenario } of PROOFS) expect(PROOFS.find((each) => each.scenario === scenario)?.without).toBeUndefined();
  });

  it('want the control kept and the others broken, and believe no late generator', () => {
    expect(isAsItShouldBe(proven({}))).toBe(true);
    expect(isAsItShouldBe(proven({ findings: [finding(true), finding(false)] }))).toBe(false);
    expect(isAsItShouldBe(proven({ without: 'cache', findings: [finding(true), finding(false)] }))).toBe(true);
    expect(isAsItShouldBe(proven({ without: 'cache' }))).toBe(false);
    expect(isAsItShouldBe(proven({ valid: false }))).toBe(false);
    expect(proofTable([proven({ without: 'cache', findings: [finding(false)] })])).toContain('| surge, without cache | p: s | yes |');
  });
});
