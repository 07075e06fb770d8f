import { Compile } from 'typebox/compile';
import { Type } from 'typebox';

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Optional(Type.Union([type, Type.Null()]));
const named = Type.Union([Type.String(), Type.Object({ id: Type.String() })]);
const metadata = nullable(Type.Record(Type.String(), Type.String()));

const event = Compile(Type.Object({ id: Type.String({ minLength: 1 }), type: Type.String(), data: Type.Object({ object: Type.Object({}) }) }));
/** What is read of a session, a charge or a refund; whatever else Stripe sends is its own affair. */
const about = Compile(
  Type.Object({
    data: Type.Object({
      object: Type.Object({
        id: Type.String({ minLength: 1 }),
        status: nullable(Type.String()),
        payment_status: nullable(Type.String()),
        payment_intent: nullable(named),
        url: nullable(Type.String()),
        amount_total: nullable(Type.Integer({ minimum: 0 })),
        currency: nullable(Type.String()),
        metadata,
      }),
    }),
  }),
);

/** Whether a body that carries the right signature is an event that can be read. */
export function isEvent(body: unknown): boolean {
  return event.Check(body) && (!/^(checkout\.session|charge|refund)\./.test(body.type) || about.Check(body));
}
