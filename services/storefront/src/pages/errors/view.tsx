import { Layout } from '../../shared/layout.tsx';
import { Message } from '../../shared/message.tsx';
import type { Shop } from '../../shared/shop.ts';

interface ErrorProps {
  shop: Shop;
  /** What to tell somebody who asks for help. */
  requestId: string;
}

export function NotFoundPage({ shop }: { shop: Shop }) {
  return (
    <Layout shop={shop} title="Nothing here">
      <Message shop={shop} picture="1f9ed" tint={210} title="There is nothing at this address">
        <p>It may have been mistyped, or what stood here is no longer sold. Search above, or walk through a department:</p>
        <ul class="nothing-departments" role="list">
          {shop.departments.map(({ slug, name }) => (
            <li>
              <a class="chip" href={`/c/${slug}`} safe>
                {name}
              </a>
            </li>
          ))}
        </ul>
        <p class="message-actions">
          <a class="button" href="/">
            To the home page
          </a>
        </p>
      </Message>
    </Layout>
  );
}

export function RefusedRequestPage({ shop, reason }: { shop: Shop; reason: string }) {
  return (
    <Layout shop={shop} title="Not understood">
      <Message shop={shop} picture="1f9ed" tint={45} title="We could not make sense of that">
        <p safe>{reason}</p>
        <p class="message-actions">
          <a class="button" href="/">
            To the home page
          </a>
        </p>
      </Message>
    </Layout>
  );
}

/** Something behind this page did not answer. Nothing is pretended: no empty shelf, no empty cart. */
export function UnavailablePage({ shop, requestId }: ErrorProps) {
  return (
    <Layout shop={shop} title="One moment, please">
      <Message shop={shop} picture="1f50c" tint={225} title="This page needs a moment">
        <p>The shop is open, but part of it did not answer in time. Your cart is safe. Wait a few seconds, then try again.</p>
        <p class="message-actions">
          <a class="button" href="" data-reload>
            Try again
          </a>
        </p>
        <Reference requestId={requestId} />
      </Message>
    </Layout>
  );
}

export function FailedPage({ shop, requestId }: ErrorProps) {
  return (
    <Layout shop={shop} title="Something broke">
      <Message shop={shop} picture="1f50c" tint={15} title="Something broke on our side">
        <p>That is our fault, not yours, and we have been told. Your cart is safe. Go back and try again, or start from the home page.</p>
        <p class="message-actions">
          <a class="button" href="/">
            To the home page
          </a>
        </p>
        <Reference requestId={requestId} />
      </Message>
    </Layout>
  );
}

function Reference({ requestId }: { requestId: string }) {
  return (
    <p class="small soft">
      Reference <code safe>{requestId}</code>
    </p>
  );
}
