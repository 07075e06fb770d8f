import { describe, expect, it } from '@jest/globals';
import { budget, committedConnections, databaseServices, mostReplicas } from './budget.ts';

describe('the connection budget', () => {
  it('leaves the reserve free even when every service uses all of its share', () => {
    expect(committedConnections() + budget.reserve).toBeLessThan(budget.connections);
  });

  it('keeps what order and cart may use from everybody else, and leaves the others something', () => {
    const { connections, ours, services } = budget;
    expect(ours).toBeGreaterThanOrEqual(services.order.replicas + services.cart.replicas);
    expect(connections - ours).toBeGreaterThan(budget.reserve);
  });

  it.each(databaseServices)('feeds the largest number of replicas of %s and the one that replaces another, and not one more', (service) => {
    const { replicas: share, least } = budget.services[service];
    const most = mostReplicas(service);
    expect(most).toBeGreaterThanOrEqual(4);
    expect((most + 1) * least).toBeLessThanOrEqual(share);
    expect((most + 2) * least).toBeGreaterThan(share);
  });
});
