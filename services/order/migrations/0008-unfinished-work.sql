-- What must still follow an order, so that it is found although no job remembers it. What is stored by now counts as done.
alter table "order"
  add column cart_cleared_at timestamptz default now(),
  add column confirmed_at timestamptz default now();
alter table "order"
  alter column cart_cleared_at drop default,
  alter column confirmed_at drop default;

-- releasing: we have decided to give it back, and catalog has not confirmed it.
alter table "order"
  drop constraint order_stock_check,
  add constraint order_stock_check check (stock in ('held', 'committed', 'releasing', 'released')),
  drop constraint order_sold_keeps_stock,
  add constraint order_sold_keeps_stock check (state not in ('awaiting_payment', 'paid', 'accepted', 'shipped') or stock in ('held', 'committed'));

create index order_unfinished on "order" (updated_at) where
  stock = 'releasing'
  or (stock = 'held' and state <> 'awaiting_payment')
  or (state in ('paid', 'accepted', 'shipped') and (cart_cleared_at is null or confirmed_at is null));

create index payment_event_unprocessed on payment_event (received_at) where processed_at is null;

-- When it was made sure that a claim which lapsed without an answer has left nothing behind. A new claim begins anew.
alter table idempotency_key add column abandoned_at timestamptz;
create index idempotency_key_unanswered on idempotency_key (lease_until) where status is null and abandoned_at is null;
