/** Makes the search field a combobox: the list opens below it, arrows move in it, Enter follows, Escape closes. */
export function suggestProducts(): void {
  const form = document.querySelector<HTMLFormElement>('[data-search]');
  const field = form?.querySelector<HTMLInputElement>('input[type="search"]');
  const list = form?.querySelector<HTMLElement>('[role="listbox"]');
  if (!form || !field || !list) return;

  field.setAttribute('role', 'combobox');
  field.setAttribute('aria-autocomplete', 'list');
  field.setAttribute('aria-controls', list.id);
  field.setAttribute('aria-expanded', 'false');

  const options = () => [...list.querySelectorAll<HTMLElement>('[role="option"]')];
  const current = () => options().find((option) => option.getAttribute('aria-selected') === 'true');

  const select = (option: HTMLElement | undefined) => {
    for (const each of options()) each.setAttribute('aria-selected', String(each === option));
    if (option) field.setAttribute('aria-activedescendant', option.id);
    else field.removeAttribute('aria-activedescendant');
    option?.scrollIntoView({ block: 'nearest' });
  };
  const show = (open: boolean) => {
    list.hidden = !open;
    field.setAttribute('aria-expanded', String(open));
    if (!open) select(undefined);
  };
  const move = (step: 1 | -1) => {
    const all = options();
    const active = current();
    const at = active ? all.indexOf(active) + step : step === 1 ? 0 : all.length - 1;
    select(all[at]);
  };

  new MutationObserver(() => show(options().length > 0 && document.activeElement === field)).observe(list, { childList: true });
  field.addEventListener('focus', () => show(options().length > 0));
  form.addEventListener('focusout', ({ relatedTarget }) => {
    if (!form.contains(relatedTarget as Node | null)) show(false);
  });
  field.addEventListener('keydown', (event) => {
    if (list.hidden) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      move(event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Enter' && current()) {
      event.preventDefault();
      current()?.click();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      show(false);
    }
  });
}
