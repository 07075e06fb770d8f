import { onHtmx } from './htmx.ts';

/** What asks by itself or while somebody types is told by what it would have changed, not by a notice. */
const QUIET = '[hx-trigger^="every"], [hx-trigger^="load"], [type="search"]';

/** What came back is no fragment of ours, or nothing came back: say so, and leave the page as it is. */
export function tellFailures(): void {
  onHtmx('htmx:before:response', ({ response, sourceElement }, event) => {
    if (!response || response.status < 400) return;
    // Somebody else's page, nginx's busy page for example, does not say where it belongs, and would leave nothing where a part is picked from it.
    const html = response.headers.get('content-type')?.startsWith('text/html');
    const ours = response.headers.has('hx-retarget') || (response.status < 500 && !sourceElement.matches('[hx-select]'));
    if (html && ours) return;
    event.preventDefault();
    if (!sourceElement.matches(QUIET)) showFailure();
  });
  onHtmx('htmx:error', ({ sourceElement }) => {
    if (!sourceElement.matches(QUIET)) showFailure();
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
