import type { Children } from '@kitajs/html';
import { Icon } from './icons.tsx';

/** Beside the cart, over the page, until it is closed: what came of a press of a button that did not do what it said. */
export function Notice({ children }: { children?: Children }) {
  return (
    <div class="notice notice-bad">
      <Icon name="info" />
      <p>{children}</p>
      <button class="notice-close" type="button" aria-label="Close" data-close>
        <Icon name="close" />
      </button>
    </div>
  );
}
