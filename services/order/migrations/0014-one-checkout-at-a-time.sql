-- In place of the one by lease: of two that fit, a plan that was made in a calm hour would take either. Few are unanswered.
drop index idempotency_key_unanswered;
create index idempotency_key_unanswered on idempotency_key (shopper) where status is null and abandoned_at is null;

-- The right to work on a key, for the length of a lease. No row: another checkout of the shopper is under way, or this key
-- was answered or is bound to another payload. A function, so that what it looks at once it holds the shopper's lock is as of
-- then: a single statement would see the moment at which it began to wait.
create function claim_key(of_shopper text, of_key text, of_payload bytea, of_holder uuid, lease interval)
  returns table (attempts integer, standing json)
  language plpgsql as $$
declare
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
begin
  -- Not flushed: a claim that is lost in a crash only means that the work begins again.
  perform set_config('synchronous_commit', 'off', true);
  perform pg_advisory_xact_lock(hashtextextended('checkout of ' || of_shopper, 0));
  if exists (
    select from idempotency_key other
    where other.shopper = of_shopper and other.status is null and other.abandoned_at is null and other.key <> of_key and other.lease_until > clock_timestamp()
  ) then
    return;
  end if;

  insert into idempotency_key as mine (shopper, key, fingerprint, holder, lease_until)
  values (of_shopper, of_key, of_payload, of_holder, clock_timestamp() + lease)
  on conflict (shopper, key) do update
    set holder = excluded.holder, lease_until = excluded.lease_until, attempts = mine.attempts + 1, abandoned_at = null
    where mine.status is null and mine.lease_until <= clock_timestamp() and mine.fingerprint = excluded.fingerprint
  returning mine.attempts into attempts;
  if attempts is null then
    return;
  end if;

  -- Who fell silent over another key of this shopper may wake up: it must not store what it read of the cart by then. Whoever
  -- is storing at this moment is waited for, and seen below.
  update idempotency_key other set holder = nobody, lease_until = least(other.lease_until, clock_timestamp())
  where other.shopper = of_shopper and other.status is null and other.abandoned_at is null and other.key <> of_key and other.holder <> nobody;

  select json_build_object(
    'waiting', max(o.id::text) filter (where o.state = 'awaiting_payment'),
    'due', count(*) filter (where o.state = 'accepted' and o.placed_at > now() - interval '24 hours'),
    'inCart', coalesce(json_agg(json_build_object('id', o.id, 'cartVersion', o.cart_version) order by o.placed_at)
      filter (where o.state <> 'awaiting_payment' and o.cart_cleared_at is null), '[]'))
  from "order" o
  where o.shopper = of_shopper and (o.state = 'awaiting_payment'
    or (o.state in ('paid', 'accepted', 'shipped') and (o.cart_cleared_at is null or o.placed_at > now() - interval '24 hours')))
  into standing;
  return next;
end $$;
