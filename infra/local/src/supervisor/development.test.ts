import { expect, it } from '@jest/globals';
import type { Service } from '../processes.ts';
import { createDevelopment } from './development.ts';
import type { Replica } from './replicas.ts';
import type { ProcessSpec, Supervised } from './supervised.ts';

/** Two replicas, and what is done with them, of which some fails. */
function stage(...failing: string[]) {
  const done: string[] = [];
  const act = (what: string) => async () => {
    done.push(what);
    if (failing.includes(what)) throw new Error(`${what} failed`);
  };
  const replica = (number: number): Replica => {
    const process = { id: undefined, spec: {}, replace: ({ version }: ProcessSpec) => act(`${number} becomes ${version}`)(), stop: act(`${number} stops`), start: act(`${number} starts`) };
    return { number, at: { port: number, adminPort: 0 }, process: process as unknown as Supervised };
  };
  const lent = new Set<Service>();
  const fleet = {
    lend: (service: Service) => (lent.add(service), [replica(1), replica(2)]),
    giveBack: (service: Service) => void lent.delete(service),
    specOf: (_service: Service, _replica: unknown, release = { version: 'bundle', file: '' }) => ({ version: release.version, command: { env: {} } }) as unknown as ProcessSpec,
  };
  const said: string[] = [];
  return { done, said, lent, development: createDevelopment(fleet, { ask: async (_, ports) => act(`ask ${ports.join()}`)() }, (line) => said.push(line)) };
}

it.each(['2 starts', 'ask 1,2', '1 becomes bundle'])('a service is given back although "%s" fails, and all else that belongs to it is done', async (failing) => {
  const { development, done, lent } = stage(failing);
  await development.begin('cart', 'dev.mjs');
  done.length = 0;
  await expect(development.end('cart')).rejects.toThrow(`${failing} failed`);
  expect(done).toEqual(['2 starts', 'ask 1,2', '1 becomes bundle']);
  expect(lent.has('cart')).toBe(false);
});

it('whoever could not begin hears why, also when not everything can be put back', async () => {
  const { development, said, lent } = stage('1 becomes dev', 'ask 1,2');
  await expect(development.begin('cart', 'dev.mjs')).rejects.toThrow('1 becomes dev failed');
  expect(lent.has('cart')).toBe(false);
  expect(said).toEqual(['cart is given back, but not as it was: ask 1,2 failed']);
});
