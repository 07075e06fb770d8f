import type { Answer } from '../load/browser.ts';
import type { Transaction } from '../record/tally.ts';
import type { Heard, Person } from './person.ts';

/** A "not now" that comes later was let in first. */
const PROMPT_MS = 1000;
const PRESSED_TWICE = 0.08;

/** What the form says when it comes back and the reason is a true one; whatever else it says counts as lost. */
const REFUSALS = ['Something sold out just now', 'The total has changed'];

type End = Pick<Transaction, 'outcome' | 'why' | 'order'>;

/** Orders what is in the cart, by the pages, and keeps at it for as long as a transaction may take. */
export async function checkOut(person: Person): Promise<void> {
  const { tally } = person.street;
  const begun = person.due;
  let admitted = false;
  tally.underWay += 1;
  try {
    const end = await story(person, begun + person.street.transactionMs, () => (admitted = true));
    tally.ended({ begun, admitted, ...end });
  } finally {
    tally.underWay -= 1;
  }
}

async function story(person: Person, until: number, letIn: () => void): Promise<End> {
  const { answer: page } = await person.insist({ method: 'GET', path: '/checkout', read: true }, until);
  if (page.status === 303) return cartSays(person, until);
  if (page.status !== 200) return lost('the checkout page', page);
  const [key, standard] = [hidden(page.text, 'key'), hidden(page.text, 'total-standard')];
  if (key === undefined || standard === undefined) return { outcome: 'lost', why: 'a checkout page without key or total' };
  await person.think();
  const form = { ...typed(person), key, 'total-standard': standard };
  const press = () => person.insist({ method: 'POST', path: '/checkout', form, script: true, read: true }, until, noting(letIn));
  const ends = (await Promise.all(person.random.chance(PRESSED_TWICE) ? [press(), press()] : [press()])).map(({ answer }) => endOf(answer));
  const best = ends.find(({ outcome }) => outcome === 'ordered') ?? ends.find(({ outcome }) => outcome === 'refused') ?? (ends[0] as End);
  if (best.outcome !== 'lost' && performance.now() > until) return { outcome: 'lost', why: 'an answer when the time was over' };
  return best;
}

function noting(letIn: () => void) {
  return ({ answer, outcome }: Heard) => {
    if (outcome !== 'shed' || answer.ms > PROMPT_MS) letIn();
  };
}

function endOf(answer: Answer): End {
  const { status, location, text } = answer;
  const order = /\/orders\/([0-9a-f-]{36})/.exec(location)?.[1];
  if (status === 204 && order !== undefined) return { outcome: 'ordered', order };
  const reason = REFUSALS.find((title) => text.includes(title));
  return status === 409 && reason !== undefined ? { outcome: 'refused', why: reason } : lost('the order', answer);
}

/** The checkout sent us back to the cart: true when the cart says why. */
async function cartSays(person: Person, until: number): Promise<End> {
  person.due = performance.now();
  const { answer } = await person.insist({ method: 'GET', path: '/api/cart', read: true }, until);
  if (answer.status !== 200) return lost('the cart', answer);
  const { lines } = JSON.parse(answer.text) as { lines: { problem?: string }[] };
  return lines.some(({ problem }) => problem === 'sold-out' || problem === 'only-n-left') ? { outcome: 'refused', why: 'sold out in the cart' } : { outcome: 'lost', why: 'sent back to a cart without a problem' };
}

function lost(what: string, { status, ms }: Answer): End {
  return { outcome: 'lost', why: `${what}: ${status === 0 ? 'no answer' : status} after ${Math.round(ms / 1000)} s` };
}

function hidden(text: string, name: string): string | undefined {
  return new RegExp(`name="${name}" value="([^"]+)"`).exec(text)?.[1];
}

function typed({ name, street }: Person) {
  return { email: `${name}@${street.domain}`, name: 'Ada Lovelace', line1: '12 St James Square', line2: '', city: 'London', postcode: 'SW1Y 4JH', country: 'GB', shipping: 'standard', payment: 'on_delivery' };
}
