-- A shopper has one order at most that awaits payment: with two, one cart could be paid twice. It also finds that order.
create unique index order_awaiting_payment_once on "order" (shopper) where state = 'awaiting_payment';
