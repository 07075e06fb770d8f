create table cart (
  shopper text primary key,
  -- Grows with every change, so that whoever read the cart before knows whether somebody else changed it since.
  changes integer not null default 1,
  -- A day, not a moment: an update on the same day leaves the index alone.
  touched_on date not null default current_date
) with (fillfactor = 80);

create index cart_touched_on on cart (touched_on);

create table cart_line (
  shopper text not null references cart on delete cascade,
  sku text not null,
  quantity integer not null,
  -- What the shopper was told when the line was last touched: the name is shown once catalog has forgotten the SKU.
  name text not null,
  price_amount integer not null,
  price_currency char(3) not null,
  added_at timestamptz not null default now(),
  primary key (shopper, sku),
  constraint cart_line_sku check (sku ~ '^[A-Za-z0-9._-]{1,40}$'),
  constraint cart_line_quantity check (quantity between 1 and 99),
  constraint cart_line_price check (price_amount >= 0)
) with (fillfactor = 80);

-- Whether one more SKU may go in. Volatile, so that it looks anew once the cart's lock is held, where the statement that
-- calls it would still count the lines of the moment it began at: the limit is exact under concurrent adds.
create function cart_has_room(buyer text, wanted text, most integer) returns boolean
  language sql volatile
  return (select count(*) < most or coalesce(bool_or(sku = wanted), false) from cart_line where shopper = buyer);

-- Adds that came with an Idempotency-Key. No foreign key: a repeat must be known even after the cart was emptied.
create table cart_add (
  shopper text not null,
  key text not null,
  sku text not null,
  quantity integer not null,
  added_at timestamptz not null default now(),
  primary key (shopper, key)
);

create index cart_add_added_at on cart_add (added_at);

-- Orders whose lines have been taken out of the cart.
create table cart_clear (
  order_id text primary key,
  cleared_at timestamptz not null default now()
);

create index cart_clear_cleared_at on cart_clear (cleared_at);
