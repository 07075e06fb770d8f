-- What of a shopper's orders is still in the cart, without looking at all that they ever bought.
create index order_in_cart on "order" (shopper) where cart_cleared_at is null and state in ('paid', 'accepted', 'shipped');
