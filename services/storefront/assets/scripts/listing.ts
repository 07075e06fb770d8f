import { onHtmx } from './htmx.ts';

export function tidyListings(): void {
  // Empty fields would stand in the address as `min=&max=`.
  onHtmx('htmx:config:request', ({ sourceElement, request }) => {
    if (!sourceElement.matches('[data-tidy]') || !(request.body instanceof FormData)) return;
    const { body } = request;
    const empty = [...body].filter(([, value]) => value === '');
    for (const [name] of empty) body.delete(name);
  });

  // After *Show more* the keyboard goes on where the new products begin.
  onHtmx('htmx:before:request', ({ sourceElement }) => {
    if (!sourceElement.matches('[data-more]')) return;
    const shown = document.querySelectorAll('#products > li').length;
    document.addEventListener(
      'htmx:after:swap',
      () => document.querySelectorAll('#products > li').item(shown)?.querySelector<HTMLElement>('a')?.focus({ preventScroll: true }),
      { once: true },
    );
  });
}
