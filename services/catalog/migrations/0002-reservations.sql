-- Units promised to an order until expires_at, by the clock of this database.
create table reservation (
  order_id text collate "C" primary key check (order_id ~ '^[A-Za-z0-9_-]{1,64}$'),
  state text not null check (state in ('held', 'committed', 'released')),
  expires_at timestamptz not null,
  changed_at timestamptz not null default now()
) with (fillfactor = 80);
create index reservation_lapsing on reservation (expires_at) where state = 'held';

create table reservation_line (
  order_id text collate "C" not null references reservation on delete cascade,
  sku text collate "C" not null,
  quantity integer not null check (quantity > 0),
  primary key (order_id, sku)
);

-- SKUs that sold out or came back, noted by the statement that did it; browsing's copy (product.in_stock) follows within a second.
create table stock_turn (
  id bigint generated always as identity primary key,
  sku text collate "C" not null
);
