/** A menu closes when something else is clicked or Escape is pressed. */
export function dismissOnOutside(): void {
  const open = () => [...document.querySelectorAll<HTMLDetailsElement>('details[data-dismiss][open]')];
  document.addEventListener('click', ({ target }) => {
    for (const menu of open()) if (!menu.contains(target as Node)) menu.open = false;
  });
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector('summary')?.focus();
    }
  });
}
