import { type Guard, guardsOf } from '../guard.ts';

const PROXY = 'gateway/src/proxy/proxy.test.ts';
const FAILURE = 'gateway/src/proxy/failure.test.ts';
const ENTRY = 'gateway/src/door/entry.test.ts';
const CROSS_SITE = 'gateway/src/door/cross-site.test.ts';
const GUEST = 'gateway/src/guests/guest.test.ts';
const SERVICE = 'infra/runtime/src/service.test.ts';
const IDENTITY = 'infra/runtime/src/identity.test.ts';
const CONFLICTS = 'infra/runtime/src/conflicts.test.ts';

/** The way in: who a request is for, what a body may hold, and what is sent again. */
export const edgeGuards: Guard[] = [
  ...guardsOf('gateway/src/proxy/headers.ts', [
    { name: 'no client names itself', protects: ['I10'], text: '(PASSED.has(name) || name.startsWith(HTMX))', instead: 'true', caughtBy: [ENTRY, 'reach no service when they are ours'] },
  ]),
  ...guardsOf('gateway/src/proxy/proxy.ts', [
    { name: 'an add that the edge sends twice is one add', protects: ['I14'], text: 'KEYED_BY_REQUEST.has(operationOf(request)) ? id : undefined', instead: 'undefined as string | undefined', caughtBy: [PROXY, 'of an add is the request id where the client sent none'] },
    { name: 'retry budget: the gateway calls once', protects: ['I17'], text: '      retryDelay: () => null,\n', instead: '', caughtBy: [FAILURE, 'that says 503 itself is passed on after one call'] },
    { name: 'what is one shopper’s is kept by no cache', protects: ['I10'], text: "if ((row.personal || headers['set-cookie']) &&", instead: "if (headers['x-never'] &&", caughtBy: [GUEST, 'is kept by no cache, whatever its service says'] },
  ]),
  ...guardsOf('gateway/src/guests/guest.ts', [
    { name: 'a guest with two cookies is nobody', protects: ['I10'], text: 'values.length === 1 ? values[0] : undefined', instead: 'values[0]', caughtBy: [GUEST, 'is not recognised by a cookie that is given twice'] },
  ]),
  ...guardsOf('gateway/src/door/cross-site.ts', [
    { name: 'no other site orders for a shopper: where a call comes from', protects: ['I7'], text: "if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'This came from another site.';", instead: '', caughtBy: [CROSS_SITE, 'is refused when it is cross-site'] },
    { name: 'no other site orders for a shopper: the origin', protects: ['I7'], text: "if (headers.origin !== undefined && headers.origin !== origin) return 'This came from another origin.';", instead: '', caughtBy: [CROSS_SITE, 'is refused when it is of a foreign origin'] },
  ]),
  ...guardsOf('infra/runtime/src/validation.ts', [
    { name: 'a body has no field that nobody knows', protects: ['I9'], text: "copy['additionalProperties'] = false;", instead: "copy['additionalProperties'] = true;", caughtBy: [SERVICE, 'refuses unknown fields at every depth'] },
    { name: 'a body is taken as it is: text is no number', protects: ['I9'], text: 'newAjv({ allErrors: true, strictNumbers: true })', instead: 'newAjv({ allErrors: true, strictNumbers: true, coerceTypes: true })', caughtBy: [SERVICE, 'refuses "3" as a quantity'] },
    { name: 'a number beyond all numbers is no quantity', protects: ['I9'], text: 'strictNumbers: true', instead: 'strictNumbers: false', caughtBy: [SERVICE, 'refuses a number beyond all numbers'] },
    { name: 'a body names each member once', protects: ['I9'], text: 'const twice = memberTwice(text);', instead: 'const twice: string | undefined = void memberTwice;', caughtBy: [SERVICE, 'refuses a member twice with 400'] },
  ]),
  ...guardsOf('infra/runtime/src/identity.ts', [
    { name: 'signature check: who a request is for', protects: ['I10'], text: 'if (!timingSafeEqual(Buffer.from(expected), Buffer.from(signature))) return undefined;', instead: 'void [expected, timingSafeEqual];', caughtBy: [IDENTITY, 'is refused with another shopper'] },
    { name: 'an identity is valid for 45 minutes', protects: ['I10'], text: 'return age > VALID_S + CLOCK_TOLERANCE_S || age < -CLOCK_TOLERANCE_S ? undefined : { shopper, caller };', instead: 'return { shopper, caller };', caughtBy: [IDENTITY, 'is valid 30 min'] },
  ]),
  ...guardsOf('infra/runtime/src/service.ts', [
    { name: 'caller check: internal routes', protects: ['I2', 'I10'], text: 'if (!callers.includes(request.caller)) throw forbidden();', instead: 'void [callers, request.caller];', caughtBy: [SERVICE, 'lets only the named caller in'] },
  ]),
  ...guardsOf('infra/runtime/src/conflicts.ts', [
    { name: 'a transaction that lost a deadlock is done again', protects: ['I8'], text: "new Set<unknown>(['40001', '40P01'])", instead: "new Set<unknown>(['40001'])", caughtBy: [CONFLICTS, 'of two transactions that wait for each other is done again'] },
    { name: 'retry budget: a conflict is tried four times', protects: ['I17'], text: '|| retry === MOST_RETRIES ||', instead: '|| retry === 10 * MOST_RETRIES ||', caughtBy: [CONFLICTS, 'is done four times in all'] },
  ]),
];
