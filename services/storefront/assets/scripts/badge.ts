import { onHtmx } from './htmx.ts';

/** The only cookie a script can read, and all it holds is a number. Cookies do not know ports, so the name says it. */
export function itemsInCart(): number {
  const port = location.port || (location.protocol === 'https:' ? '443' : '80');
  const found = document.cookie.split('; ').find((cookie) => cookie.startsWith(`emall-items-${port}=`));
  return Number(found?.split('=')[1] ?? 0) || 0;
}

/** Pages are the same for every shopper, so the number beside the cart is drawn here. */
export function drawBadge(): void {
  const draw = () => {
    const items = itemsInCart();
    for (const link of document.querySelectorAll('[data-cart-link]')) {
      for (const part of link.querySelectorAll<HTMLElement>('[data-cart-count], [data-cart-unit]')) part.hidden = items === 0;
      const count = link.querySelector('[data-cart-count]');
      const unit = link.querySelector('[data-cart-unit]');
      if (count) count.textContent = items > 99 ? '99+' : String(items);
      if (unit) unit.textContent = items === 1 ? ' item' : ' items';
    }
  };
  draw();
  onHtmx('htmx:finally:request', draw);
  // A page that comes back from the browser's memory may be older than the cart.
  addEventListener('pageshow', draw);
  document.addEventListener('visibilitychange', draw);
}
