import { expect, it } from '@jest/globals';
import { measureLoopWait } from './loop.ts';

const spin = (ms: number) => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};
const iteration = () => new Promise((resolve) => setImmediate(resolve));

it('a call that arrives while the loop works for 40 ms at a time waits for 20 ms on average', async () => {
  const waited = measureLoopWait();
  await iteration();
  waited();
  for (let i = 0; i < 10; i += 1) {
    spin(40);
    await iteration();
  }
  const busy = waited();
  // The machine may take its time, too, but it cannot be faster.
  expect(busy).toBeGreaterThan(17);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(waited()).toBeLessThan(busy);
});
