/** A form that came back with a problem: the first thing to hear is what and where. */
export function focusProblem(): void {
  const focus = () => document.querySelector<HTMLElement>('#problem')?.focus();
  focus();
  document.addEventListener('htmx:after:swap', focus);
}
