-- The version of the cart that was ordered. Two keys for one cart, from two windows for example, make one order.
alter table "order" add column cart_version text;
create unique index order_once_for_each_cart on "order" (shopper, cart_version) where state not in ('cancelled', 'refunded');
