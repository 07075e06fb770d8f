/** A form that orders is sent once; its key makes a second time harmless, this makes it unlikely. */
export function sendOnce(): void {
  const sent = new WeakSet<HTMLFormElement>();
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches('[data-once]')) return;
    if (sent.has(form)) return event.preventDefault();
    sent.add(form);
    form.querySelector('button[type="submit"]')?.setAttribute('aria-busy', 'true');
  });
  // Back from the payment page, out of the browser's memory: it may be sent again.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
}
