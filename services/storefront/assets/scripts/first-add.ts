import { itemsInCart } from './badge.ts';
import { onHtmx } from './htmx.ts';

/** The first line makes the guest. Two first clicks, in two windows even, must make one guest: the second waits for the first one's cookie. */
export function serialiseFirstAdd(): void {
  let last: Promise<unknown> = Promise.resolve();
  onHtmx('htmx:before:request', (context) => {
    if (!context.sourceElement.matches('[data-add]') || itemsInCart() > 0) return;
    const send = context.fetch;
    context.fetch = (...call) => {
      // Locks reach across windows, and exist on secure pages only.
      if (navigator.locks) return navigator.locks.request('emall-first-add', () => send(...call));
      const answer = last.then(() => send(...call));
      last = answer.catch(() => undefined);
      return answer;
    };
  });
}
