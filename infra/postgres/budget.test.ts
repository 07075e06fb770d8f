import { describe, expect, it } from '@jest/globals';
import { budget, committedConnections, databaseServices } from './budget.ts';

describe('the connection budget', () => {
  it('leaves the reserve free even when every service uses all of its share', () => {
    expect(committedConnections() + budget.reserve).toBeLessThan(budget.connections);
  });

  it('gives every service enough for two pools on each of four replicas', () => {
    for (const service of databaseServices) expect(budget.services[service].replicas).toBeGreaterThanOrEqual(8);
  });
});
