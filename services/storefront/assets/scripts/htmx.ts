/** The part of htmx's request that we look at. */
export interface HtmxContext {
  sourceElement: Element;
  fetch: typeof fetch;
  request: { method: string; body: FormData | URLSearchParams | null };
  response?: { status: number; headers: Headers };
}

/** Listens to one of htmx's events; `event.preventDefault()` stops what it announces. */
export function onHtmx(name: `htmx:${string}`, listen: (context: HtmxContext, event: Event) => void): void {
  document.addEventListener(name, (event) => {
    const { ctx } = (event as CustomEvent<{ ctx?: HtmxContext }>).detail;
    if (ctx) listen(ctx, event);
  });
}
