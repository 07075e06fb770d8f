import { onHtmx } from './htmx.ts';

/** A form that orders is sent once; its key makes a second time harmless, this makes it unlikely. */
export function sendOnce(): void {
  const sent = new WeakSet<Element>();
  const busy = (form: Element, is: boolean) => form.querySelector('button[type="submit"]')?.setAttribute('aria-busy', String(is));
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches('[data-once]')) return;
    if (sent.has(form)) return event.preventDefault();
    sent.add(form);
    busy(form, true);
  });
  // No answer, or none of ours: it may be sent again. An answer that leads elsewhere has the last word.
  onHtmx('htmx:finally:request', ({ sourceElement, response }) => {
    if (!sourceElement.matches('[data-once]') || response?.headers.has('hx-redirect')) return;
    sent.delete(sourceElement);
    busy(sourceElement, false);
  });
  // Back from the payment page, out of the browser's memory: it may be sent again.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
}
