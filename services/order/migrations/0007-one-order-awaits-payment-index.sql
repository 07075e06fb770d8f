-- Nothing that is there when this runs is in it, so that it cannot fail over orders of before, and it refuses the previous version
-- nothing. Orders wait 0.5 s per million of them (measured), and a checkout waits 1 s for a lock: not concurrently, because a
-- concurrent one that is interrupted leaves an index that guards nothing.
create unique index order_awaiting_payment_once on "order" (shopper) where state = 'awaiting_payment' and guarded;
