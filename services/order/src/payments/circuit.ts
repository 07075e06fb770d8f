import { Breaker, CallRefused, type Log, outside, ProblemError, unavailable } from '@emall/runtime';
import type { PaymentProvider } from './provider.ts';

/** Shoppers of one process whom a slow provider may hold up at once; who pays on delivery is none of them. */
const AT_ONCE = 64;

/**
 * The provider as those ask for whom a shopper waits: while it is away they are refused at once and not after 4 s each. A
 * circuit for each kind of question, because it may fail at one alone. Jobs that end sessions and return money wait for
 * nobody and ask as before. How long it takes is nothing that fewer shoppers would mend: no sign of overload.
 */
export function withCircuits(provider: PaymentProvider, log: Log): PaymentProvider {
  const open = new Breaker({ name: `${provider.name}: open`, atOnce: AT_ONCE, log });
  const session = new Breaker({ name: `${provider.name}: session`, atOnce: AT_ONCE, log });
  return {
    ...provider,
    isAway: () => open.refuses,
    open: (...payment) => through(open, () => outside(() => provider.open(...payment))),
    session: (...asked) => through(session, () => outside(() => provider.session(...asked))),
    expire: (...asked) => outside(() => provider.expire(...asked)),
  };
}

async function through<T>(breaker: Breaker, call: () => Promise<T>): Promise<T> {
  const end = begin(breaker);
  try {
    const answer = await call();
    end('answered');
    return answer;
  } catch (error) {
    // Whatever it understood and refused is an answer.
    end(error instanceof ProblemError && error.status === 503 ? 'silent' : 'answered');
    throw error;
  }
}

function begin(breaker: Breaker): ReturnType<Breaker['begin']> {
  try {
    // Who asks the same is worth the same: no places are kept for others.
    return breaker.begin(true);
  } catch (cause) {
    throw cause instanceof CallRefused ? noCards(cause) : cause;
  }
}

/** 503 for who wants to pay by card while that is not possible. */
export function noCards(cause?: unknown): ProblemError {
  return unavailable({ detail: 'Paying by card is not possible at the moment. Please try again, or pay on delivery.', retryAfter: 2, cause });
}
