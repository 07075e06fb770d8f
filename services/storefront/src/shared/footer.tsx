import { Mark } from './icons.tsx';
import type { Shop } from './shop.ts';

export function Footer({ shop }: { shop: Shop }) {
  return (
    <footer class="footer">
      <div class="footer-arcade" aria-hidden="true"></div>
      <div class="footer-body">
        <div class="footer-columns wrap">
          <div class="footer-about">
            <a class="home-link" href="/" aria-label="E-Mall, home">
              <Mark />
              <span class="wordmark">E-Mall</span>
            </a>
            <p>A department store that stays open. Clear prices with VAT included, and thirty days to change your mind.</p>
          </div>
          {shop.departments.length > 0 && (
            <nav aria-labelledby="footer-departments">
              <h2 id="footer-departments">Departments</h2>
              <ul role="list" class="footer-wide">
                {shop.departments.map(({ slug, name }) => (
                  <li>
                    <a href={`/c/${slug}`} safe>
                      {name}
                    </a>
                  </li>
                ))}
              </ul>
            </nav>
          )}
          <nav aria-labelledby="footer-shopping">
            <h2 id="footer-shopping">Your shopping</h2>
            <ul role="list">
              <li>
                <a href="/cart">Your cart</a>
              </li>
              <li>
                <a href="/orders">Your orders</a>
              </li>
            </ul>
          </nav>
        </div>
        <p class="footer-note wrap">Prices include VAT. Delivery to the United Kingdom, Ireland and nearby Europe.</p>
      </div>
    </footer>
  );
}
