import { describe, expect, it } from '@jest/globals';
import { Readiness } from './health.ts';

describe('readiness', () => {
  it('waits for the first answer of each dependency', async () => {
    const readiness = new Readiness();
    let up = false;
    readiness.add('postgres', async () => {
      if (!up) throw new Error('connection refused');
    });
    expect(await readiness.report()).toMatchObject({ ready: false, dependencies: { postgres: 'connection refused' } });
    up = true;
    expect(await readiness.report()).toMatchObject({ ready: true });
  });

  it('stays when a shared dependency is lost later, and says so', async () => {
    const readiness = new Readiness();
    let up = true;
    readiness.add('redis', async () => {
      if (!up) throw new Error('gone');
    });
    await readiness.report();
    up = false;
    expect(await readiness.report()).toMatchObject({ ready: true, dependencies: { redis: 'gone' } });
  });

  it('does not wait for a dependency that hangs', async () => {
    const readiness = new Readiness();
    readiness.add('postgres', () => new Promise(() => {}));
    expect(await readiness.report()).toMatchObject({ ready: false, dependencies: { postgres: 'no answer within 500 ms' } });
  });

  it('is off while draining', async () => {
    const readiness = new Readiness();
    readiness.drain();
    expect(await readiness.report()).toMatchObject({ ready: false, draining: true });
  });
});
