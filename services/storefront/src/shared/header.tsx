import { Icon, Mark } from './icons.tsx';
import type { Shop } from './shop.ts';
import { Tile } from './tile.tsx';

export interface HeaderProps {
  shop: Shop;
  /** Slug of the department that the page belongs to. */
  department?: string | undefined;
  /** What was searched for. */
  search?: string | undefined;
}

export function Header({ shop, department, search }: HeaderProps) {
  return (
    <header class="header">
      <div class="header-bar wrap">
        {shop.departments.length > 0 && <Menu shop={shop} department={department} />}
        <Home />
        <Search search={search} />
        <nav class="header-links" aria-label="Cart and orders">
          <a class="header-link header-orders" href="/orders">
            <Icon name="person" />
            <span>Orders</span>
          </a>
          <a class="header-link" href="/cart" data-cart-link>
            <Icon name="bag" />
            <span>Cart</span>
            <span class="count" data-cart-count hidden></span>
            <span class="visually-hidden" data-cart-unit hidden>
              {' items'}
            </span>
          </a>
        </nav>
      </div>
      {shop.departments.length > 0 && <Departments shop={shop} department={department} />}
    </header>
  );
}

export function Home() {
  return (
    <a class="home-link" href="/" aria-label="E-Mall, home">
      <Mark />
      <span class="wordmark">E-Mall</span>
    </a>
  );
}

/** Plain form; with the script running it becomes a combobox that suggests products. */
function Search({ search }: { search?: string | undefined }) {
  return (
    <form class="search" action="/search" method="get" role="search" data-search>
      <label class="visually-hidden" for="q">
        Search the shop
      </label>
      <input
        id="q"
        class="search-field"
        type="search"
        name="q"
        value={search}
        placeholder="Search the shop"
        maxlength={100}
        autocomplete="off"
        enterkeyhint="search"
        hx-get="/search/suggestions"
        hx-trigger="input changed delay:150ms"
        hx-target="#suggestions"
        hx-swap="innerHTML"
        hx-sync="this:replace"
      />
      <button class="search-button" type="submit" aria-label="Search">
        <Icon name="search" />
      </button>
      <div class="suggestions" id="suggestions" role="listbox" aria-label="Suggestions" hidden></div>
    </form>
  );
}

function Departments({ shop, department }: { shop: Shop; department?: string | undefined }) {
  return (
    <nav class="departments wrap" aria-label="Main">
      <ul role="list">
        {shop.departments.map(({ slug, name }) => (
          <li>
            <a href={`/c/${slug}`} aria-current={slug === department ? 'true' : undefined} safe>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Menu({ shop, department }: { shop: Shop; department?: string | undefined }) {
  return (
    <details class="menu" data-dismiss>
      <summary class="menu-button">
        <Icon name="menu" />
        <span class="visually-hidden">Departments</span>
      </summary>
      <nav class="menu-panel" aria-label="Menu">
        <ul role="list">
          {shop.departments.map(({ slug, name, tint, picture }) => (
            <li>
              <a class="menu-link" href={`/c/${slug}`} aria-current={slug === department ? 'true' : undefined}>
                <Tile assets={shop.assets} name={name} picture={picture?.name} tint={tint} size={40} class="tile-small" />
                <span safe>{name}</span>
              </a>
            </li>
          ))}
        </ul>
        <a class="menu-link" href="/orders">
          <span class="menu-icon">
            <Icon name="person" />
          </span>
          <span>Your orders</span>
        </a>
      </nav>
    </details>
  );
}
