create table refund (
  id uuid primary key,
  order_id uuid not null references payment (order_id),
  amount integer not null check (amount > 0),
  currency char(3) not null,
  reason text not null,
  -- open: promised, the provider has not confirmed it. failed: it never will; the promise is taken back.
  state text not null default 'open' check (state in ('open', 'done', 'failed')),
  -- Part of the provider's idempotency key: raised only when an attempt is known to have done nothing.
  attempt integer not null default 1,
  provider_id text unique,
  requested_at timestamptz not null default now(),
  ended_at timestamptz,
  constraint refund_ends_once check ((state = 'open') = (ended_at is null)),
  constraint refund_done_has_name check (state <> 'done' or provider_id is not null)
);

create index refund_by_order on refund (order_id);
create index refund_open on refund (requested_at) where state = 'open';

-- What has been returned or is about to be: the sum of the refunds that have not failed. No more than came in.
alter table payment add column promised integer not null default 0;
update payment set promised = refunded where refunded > 0;
alter table payment add constraint payment_promises_no_more_than_received check (promised between 0 and received);
