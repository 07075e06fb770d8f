import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { IDENTITY_HEADER, parseIdentityKeys, verifyIdentity } from '@emall/runtime';
import type { Service } from '../processes.ts';
import { tryOut, whyWorse } from './judge.ts';
import type { Supervised } from './supervised.ts';
import { since } from './told.ts';

const told = (answers: number, failures: number, jobs: Record<string, { done: number; failed: number }> = {}) => ({ answers, failures, jobs });
const commit = (done: number, failed: number) => ({ commit: { done, failed } });

describe('a new version', () => {
  it.each([
    ['fails where the old one does not', told(40, 5), told(100, 0), /failed 5 of 40/],
    ['fails always, and there is no old one to compare with', told(5, 5), told(0, 0), /failed 5 of 5/],
    ['has failed once', told(4, 1), told(100, 0), undefined],
    ['has failed twice, after which nginx asks it no more', told(30, 2), told(100, 0), /failed 2 of 30/],
    ['fails as often as the old one, while something behind both is away', told(90, 34), told(200, 66), undefined],
    ['fails more than twice as often as the old one', told(100, 50), told(100, 20), /failed 50 of 100/],
    ['fails one in a hundred', told(1000, 10), told(1000, 0), undefined],
    ['is asked by nobody', told(0, 0), told(0, 0), undefined],
    ['only turns away', told(0, 0), told(70, 0), undefined],
    ['fails in every job of a kind', told(9, 0, commit(0, 2)), told(9, 0, commit(3, 0)), /every "commit" it tried, 2 times, the one before did 3/],
    ['has failed in one job', told(9, 0, commit(0, 1)), told(9, 0, commit(3, 0)), undefined],
    ['gets some of these jobs done', told(9, 0, commit(1, 5)), told(9, 0, commit(3, 0)), undefined],
    ['fails in jobs that the old one gets done no more than it', told(9, 0, commit(0, 5)), told(9, 0, commit(0, 4)), undefined],
    ['fails in jobs that the old one did before', told(9, 0, commit(0, 5)), since(told(19, 0, commit(7, 0)), told(9, 0, commit(7, 0))), undefined],
  ])('that %s: worse %#', (_, fresh, known, why) => {
    if (why === undefined) expect(whyWorse(fresh, known)).toBeUndefined();
    else expect(whyWorse(fresh, known)).toMatch(why);
  });
});

describe('a look before anybody else asks', () => {
  const key = Buffer.alloc(32, 7);
  const answering = { fresh: { status: 200, headers: {} }, known: { status: 200, headers: {} } };
  const asked: { who: string; shopper: string | undefined }[] = [];
  const servers = (['fresh', 'known'] as const).map((who) =>
    createServer((request, response) => {
      asked.push({ who, shopper: verifyIdentity(String(request.headers[IDENTITY_HEADER]), parseIdentityKeys(`gateway:${key.toString('hex')}`))?.shopper });
      response.writeHead(answering[who].status, answering[who].headers).end();
    }));
  let [fresh, known]: Supervised[] = [];
  beforeAll(async () => {
    await Promise.all(servers.map((server) => once(server.listen(0, '127.0.0.1'), 'listening')));
    [fresh, known] = servers.map((server) => ({ spec: { version: 'two', port: (server.address() as AddressInfo).port } }) as Supervised);
  });
  const tried = (service: Service) => tryOut(service, fresh as Supervised, known as Supervised, key);
  beforeEach(() => void asked.splice(0));
  afterAll(() => servers.forEach((server) => server.close()));

  it('is made in the name of a shopper', async () => {
    answering.fresh = { status: 200, headers: {} };
    await tried('cart');
    expect(asked).toEqual([{ who: 'fresh', shopper: expect.stringMatching(/^[0-9a-f-]{36}$/) }]);
  });

  it.each([[500], [503], [404]])('is not good when it finds %i where the one before answers', async (status) => {
    answering.fresh = { status, headers: {} };
    await expect(tried('order')).rejects.toThrow(`version two answers GET /api/orders with ${status}, the one before with 200`);
  });

  it('says nothing of a version that turns us away, since it has too much to do', async () => {
    answering.fresh = { status: 503, headers: { 'x-emall-refused': '1' } };
    await tried('order');
  });
});
