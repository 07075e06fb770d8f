/** A form that came back with a problem: the first thing to hear is what and where. */
export function focusProblem(): void {
  document.querySelector<HTMLElement>('#problem')?.focus();
}
