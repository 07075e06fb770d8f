import { type Static, Type } from 'typebox';
import type { CallFault } from '../behaviour.ts';
import { invalid } from '../errors.ts';
import { object, reader } from '../reader.ts';

const rate = Type.Optional(Type.Number({ minimum: 0, maximum: 1 }));
const milliseconds = Type.Integer({ minimum: 0, maximum: 600_000 });

/** Of these at most one befalls a call. */
const callRates = { slow: rate, silent: rate, error500: rate, error429: rate, storedError: rate, lostAnswer: rate };
/** Of these at most one befalls an event. */
const deliveryRates = { webhookEarly: rate, webhookLate: rate, webhookNever: rate, webhookFiveTimes: rate, webhookReversed: rate };
/** Each for itself. */
const otherRates = { declined: rate, webhookForged: rate, webhookDisagrees: rate };

const settings = object({
  seed: Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 }),
  rates: object({ ...callRates, ...deliveryRates, ...otherRates }),
  slowMs: Type.Optional(milliseconds),
  lateMs: Type.Optional(milliseconds),
});
export type AdversarySettings = Required<Static<typeof settings>>;
export type Rates = AdversarySettings['rates'];

const readGiven = reader(settings);

export function readSettings(body: unknown): AdversarySettings {
  const given = { slowMs: 3000, lateMs: 4000, ...readGiven(body) };
  for (const names of [callRates, deliveryRates].map(Object.keys) as (keyof Rates)[][]) {
    const sum = names.reduce((total, name) => total + (given.rates[name] ?? 0), 0);
    if (sum > 1 + 1e-9) throw invalid(`The rates of ${names.join(', ')} add up to more than 1.`, { param: 'rates' });
  }
  return given;
}

export interface ScriptedFault {
  /** `POST /v1/refunds`, with the names of parameters: `GET /v1/checkout/sessions/:id`. */
  route: string;
  fault: CallFault;
  times: number;
}

const faults = {
  slow: object({ kind: Type.Literal('slow'), ms: milliseconds }),
  answer: object({ kind: Type.Literal('answer'), status: Type.Integer({ minimum: 400, maximum: 599 }) }),
  'stored-error': object({ kind: Type.Literal('stored-error') }),
  silence: object({ kind: Type.Literal('silence'), after: Type.Union([Type.Literal('nothing'), Type.Literal('work')]) }),
  'lost-answer': object({ kind: Type.Literal('lost-answer') }),
  declined: object({ kind: Type.Literal('declined') }),
};
const kinds = Object.keys(faults) as (keyof typeof faults)[];
const scripted = (kind: keyof typeof faults) => object({ route: Type.String(), fault: faults[kind], times: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })) });
const readers = new Map<unknown, (body: unknown) => Static<ReturnType<typeof scripted>>>(kinds.map((kind) => [kind, reader(scripted(kind))]));

export function readFault(body: unknown): ScriptedFault {
  const read = readers.get((body as { fault?: { kind?: unknown } } | null)?.fault?.kind);
  if (!read) throw invalid(`fault[kind] must be one of ${kinds.join(', ')}.`, { param: 'fault[kind]' });
  return { times: 1, ...read(body) };
}
