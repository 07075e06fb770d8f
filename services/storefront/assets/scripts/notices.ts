import { onHtmx } from './htmx.ts';

/** What came back is no fragment of ours, or nothing came back: say so, and leave the page as it is. */
export function tellFailures(): void {
  onHtmx('htmx:before:response', ({ response, sourceElement }, event) => {
    if (!response || response.status < 400) return;
    const ours = response.headers.get('content-type')?.startsWith('text/html') && response.status < 500;
    if (ours) return;
    event.preventDefault();
    if (!sourceElement.matches('[hx-trigger^="every"], [type="search"]')) showFailure();
  });
  onHtmx('htmx:error', ({ sourceElement }) => {
    if (!sourceElement.matches('[hx-trigger^="every"], [type="search"]')) showFailure();
  });
}

function showFailure(): void {
  const template = document.querySelector<HTMLTemplateElement>('#failure');
  if (template) document.querySelector('#notices')?.replaceChildren(template.content.cloneNode(true));
}

export function closeNotices(): void {
  const close = () => document.querySelector('#notices')?.replaceChildren();
  document.addEventListener('click', (event) => {
    if ((event.target as Element).closest('[data-close]')) close();
  });
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') close();
  });
}
