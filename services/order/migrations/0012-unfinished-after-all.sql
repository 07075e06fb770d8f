-- 0008 called everything done that was stored by then: also what awaited payment, and what was sold and still in the cart.
-- A cart is cleared once for each order, whoever asks again.
update "order" set cart_cleared_at = null, confirmed_at = null where state = 'awaiting_payment';
update "order" set cart_cleared_at = null where state in ('paid', 'accepted', 'shipped') and placed_at > now() - interval '1 day';
