create table payment (
  order_id uuid primary key references "order",
  provider text not null,
  -- opening: the provider may or may not have been asked; nobody has been given a way to pay.
  state text not null default 'opening' check (state in ('opening', 'open', 'paid', 'expired', 'refunding', 'refunded')),
  session_id text unique,
  url text,
  intent_id text,
  amount integer not null check (amount > 0),
  currency char(3) not null,
  received integer not null default 0 check (received >= 0),
  refunded integer not null default 0,
  -- When the provider was last asked because somebody looked at the order.
  asked_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint payment_refunds_no_more_than_received check (refunded between 0 and received),
  constraint payment_paid_in_full check (state <> 'paid' or received = amount)
);

create table payment_event (
  -- The provider's own id: it delivers at least once, in any order.
  id text primary key,
  type text not null,
  order_id uuid not null references "order",
  payload bytea not null,
  received_at timestamptz not null default now(),
  processed_at timestamptz,
  outcome text
);

create index payment_event_by_order on payment_event (order_id);
