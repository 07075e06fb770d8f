create table "order" (
  -- Derived from shopper and idempotency key: whoever repeats a checkout makes the same order.
  id uuid primary key,
  shopper text not null,
  state text not null check (state in ('awaiting_payment', 'paid', 'accepted', 'shipped', 'cancelled', 'refunded')),
  email text not null,
  address jsonb not null,
  shipping_method text not null,
  payment_method text not null check (payment_method in ('card', 'on_delivery')),
  currency char(3) not null,
  items integer not null check (items >= 0),
  shipping integer not null check (shipping >= 0),
  tax integer not null check (tax >= 0),
  total integer not null,
  -- SHA-256 of the key in the private link: reading this table opens no order.
  link_hash bytea not null,
  -- Until when an unpaid order may be paid; null when payment is due on delivery.
  hold_until timestamptz,
  stock text not null default 'held' check (stock in ('held', 'committed', 'released')),
  placed_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint order_total_adds_up check (total = items + shipping),
  constraint order_waits_only_with_hold check (state <> 'awaiting_payment' or hold_until is not null),
  constraint order_sold_keeps_stock check (state not in ('awaiting_payment', 'paid', 'accepted', 'shipped') or stock <> 'released')
);

create index order_by_shopper on "order" (shopper, placed_at desc, id desc);
create index order_awaiting_payment on "order" (hold_until) where state = 'awaiting_payment';

create table order_line (
  order_id uuid not null references "order",
  position smallint not null,
  sku text not null,
  name text not null,
  options jsonb not null,
  picture jsonb,
  price integer not null check (price >= 0),
  quantity integer not null check (quantity >= 1),
  primary key (order_id, position)
);
