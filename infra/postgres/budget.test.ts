import { describe, expect, it } from '@jest/globals';
import { budget, committedConnections, databaseServices } from './budget.ts';

describe('the connection budget', () => {
  it('leaves the reserve free even when every service uses all of its share', () => {
    expect(committedConnections() + budget.reserve).toBeLessThan(budget.connections);
  });

  it('keeps what order and cart may use from everybody else, and leaves the others something', () => {
    const { connections, ours, services } = budget;
    expect(ours).toBeGreaterThanOrEqual(services.order.replicas + services.cart.replicas);
    expect(connections - ours).toBeGreaterThan(budget.reserve);
  });

  it('gives every service enough for two pools on each of four replicas', () => {
    for (const service of databaseServices) expect(budget.services[service].replicas).toBeGreaterThanOrEqual(8);
  });
});
