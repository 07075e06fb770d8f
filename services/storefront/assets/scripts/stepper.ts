/** Plus and minus change the field at once; htmx sends the last value when the clicking pauses, so that no click is lost. */
export function stepQuantities(): void {
  document.addEventListener('click', (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>('.stepper-button');
    const field = button?.form?.querySelector<HTMLInputElement>('input[name="quantity"]');
    if (!button || !field) return;
    event.preventDefault();
    const wanted = Number(field.value) + Number(button.value);
    field.value = String(Math.min(Math.max(wanted, Number(field.min)), Number(field.max)));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  });
}
