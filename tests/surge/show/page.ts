import type { Crowd } from '../crowd.ts';
import { lengthOf, type Phase } from '../plan/schedule.ts';
import { countOf, percentile } from '../record/statistics.ts';
import type { Second, Transaction } from '../record/tally.ts';
import type { Finding } from '../record/verdict.ts';
import { type Band, chart, escape, type Series } from './chart.ts';

export interface Shown {
  title: string;
  /** How it was made, in words. */
  facts: readonly string[];
  findings: readonly Finding[];
  crowd: Pick<Crowd, 'tally' | 'bots'>;
  phases: readonly Phase[];
}

/** One page with everything in it: no script, no file beside it. */
export function pageOf({ title, facts, findings, crowd, phases }: Shown): string {
  const rows = findings.map(({ promise, bar, seen, kept }) => `<tr class="${kept ? 'kept' : 'broken'}"><td>${escape(promise)}</td><td>${escape(bar)}</td><td>${escape(seen)}</td><td>${kept ? 'kept' : 'broken'}</td></tr>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(title)}</title><style>${STYLE}</style></head>
<body><h1>${escape(title)}</h1><ul>${facts.map((fact) => `<li>${escape(fact)}</li>`).join('')}</ul>
${rows.length > 0 ? `<table><tr><th>promise</th><th>at least</th><th>seen</th><th></th></tr>${rows.join('')}</table>` : ''}
${chartsOf(crowd, phases).join('\n')}
</body></html>
`;
}

function chartsOf({ tally, bots }: Shown['crowd'], phases: readonly Phase[]): string[] {
  const { seconds, transactions } = tally;
  const bands = bandsOf(phases);
  const line = (name: string, tone: Series['tone'], value: (second: Second) => number | undefined, of = seconds): Series => ({ name, tone, values: of.map(value) });
  const ends = (outcomes: readonly Transaction['outcome'][]) => perSecondOf(transactions.filter(({ outcome }) => outcomes.includes(outcome)).map(({ ended }) => ended), seconds.length);
  return [
    chart({ title: 'Calls', unit: 'a second', bands, series: [
      line('offered', 'quiet', ({ offered }) => offered),
      line('answered in time', 'good', (second) => countOf(second, 'good')),
      line('turned away', 'warn', (second) => countOf(second, 'shed')),
      line('late or failed', 'bad', (second) => countOf(second, 'late') + countOf(second, 'failed')),
      ...(bots.seconds.length > 0 ? [line('bots, answered', 'main', (second) => countOf(second, 'good'), bots.seconds)] : []),
    ] }),
    chart({ title: 'Turned away, by worth', unit: 'a second', bands, series: [
      line('checkout', 'bad', (second) => countOf(second, 'shed', ['checkout'])),
      line('cart', 'warn', (second) => countOf(second, 'shed', ['cart'])),
      line('browse', 'quiet', (second) => countOf(second, 'shed', ['browse'])),
    ] }),
    chart({ title: 'Answers from the edge’s cache', unit: 'a second', bands, series: [line('fresh', 'good', ({ cached }) => cached), line('stale', 'warn', ({ stale }) => stale)] }),
    chart({ title: 'Transactions', unit: 'a second', bands, series: [
      { name: 'begun', tone: 'quiet', values: perSecondOf(transactions.map(({ begun }) => begun), seconds.length) },
      { name: 'completed', tone: 'good', values: ends(['ordered', 'refused']) },
      { name: 'lost', tone: 'bad', values: ends(['lost']) },
    ] }),
    chart({ title: 'Latency, from the moment it was meant to be sent', unit: 'ms', bands, series: [
      line('p50', 'good', ({ latencies }) => (latencies.length > 0 ? percentile(latencies, 0.5) : undefined)),
      line('p99', 'bad', ({ latencies }) => (latencies.length > 0 ? percentile(latencies, 0.99) : undefined)),
      line('p99 of "not now"', 'warn', ({ refusals }) => (refusals.length > 0 ? percentile(refusals, 0.99) : undefined)),
    ] }),
    chart({ title: 'Connections and queue', unit: '', bands, series: [
      line('shoppers’ connections', 'quiet', ({ open }) => open),
      line('calls waiting for an answer', 'warn', ({ inFlight }) => inFlight),
    ] }),
    chart({ title: 'Database', unit: 'sessions', bands, series: [
      line('open', 'quiet', ({ database }) => database?.all),
      line('at work', 'good', ({ database }) => database?.active),
      line('waiting for a lock', 'bad', ({ database }) => database?.waiting),
    ] }),
  ];
}

export function bandsOf(phases: readonly Phase[]): Band[] {
  return phases.map(({ name, seconds }, index) => {
    const from = lengthOf(phases.slice(0, index));
    return { name, from, to: from + seconds };
  });
}

/** How many moments (milliseconds) lie in each second. */
export function perSecondOf(moments: readonly number[], seconds: number): number[] {
  const counts = Array.from({ length: seconds }, () => 0);
  for (const moment of moments) {
    const at = Math.min(seconds - 1, Math.floor(moment / 1000));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}

const STYLE = `
:root{color-scheme:light dark;--ink:#1d1d1f;--paper:#fff;--line:#d8d8dc;--quiet:#8a8a93;--good:#1f8a4c;--bad:#c4314b;--warn:#c77700;--main:#2f62c9;--shade:#f1e9d8}
@media(prefers-color-scheme:dark){:root{--ink:#ececf1;--paper:#17171a;--line:#37373d;--quiet:#92929c;--good:#4cc282;--bad:#ff7088;--warn:#ffb347;--main:#82aaff;--shade:#2c2820}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:820px;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid var(--line);padding:.3rem .5rem;text-align:left;vertical-align:top}.kept td:last-child{color:var(--good)}.broken td:last-child{color:var(--bad);font-weight:600}
figure{margin:2rem 0}figcaption{font-weight:600}small{font-weight:400;color:var(--quiet)}svg{width:100%;height:auto}
.grid{stroke:var(--line)}.tick{fill:var(--quiet);font-size:11px}.line{fill:none;stroke-width:1.8;stroke-linejoin:round}.band{fill:none}.band-ramp,.band-surge{fill:var(--shade)}
.key{font-weight:400;margin-right:.8em}.key::before{content:"";display:inline-block;width:1em;height:3px;margin-right:.3em;vertical-align:middle;background:currentColor}
.quiet{stroke:var(--quiet);color:var(--quiet)}.good{stroke:var(--good);color:var(--good)}.bad{stroke:var(--bad);color:var(--bad)}.warn{stroke:var(--warn);color:var(--warn)}.main{stroke:var(--main);color:var(--main)}`;
