/** A button beside a text that somebody may want to keep. */
export function offerCopies(): void {
  if (!navigator.clipboard) return;
  for (const box of document.querySelectorAll<HTMLElement>('[data-copy]')) {
    const field = box.querySelector('input');
    const button = box.querySelector('button');
    if (!field || !button) continue;
    button.hidden = false;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(field.value);
      button.textContent = 'Copied';
    });
    field.addEventListener('focus', () => field.select());
  }
}
