import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Deadline, Room } from '@emall/runtime';
import { fakeUpstream } from '@emall/runtime/testing';
import { Pool } from 'undici';
import { type Answer, createExchange } from './exchange.ts';
import { type Row, table } from './table.ts';

const row = table[0] as Row;
const clock = performance.now.bind(performance);
let aheadMs: number;
let upstream: Awaited<ReturnType<typeof fakeUpstream>>;
let pool: Pool;
let room: Room;
beforeEach(async () => {
  aheadMs = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => clock() + aheadMs);
  upstream = await fakeUpstream({ 'GET /*': () => ({ body: {} }) });
  pool = new Pool(upstream.url);
  room = new Room(1);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await pool.destroy();
  await upstream.close();
});

const exchange = (deadline: Deadline) =>
  new Promise<Error | Answer | undefined>((resolve) => createExchange({ dispatcher: pool, room, circuit: undefined }, row)({ path: '/a', method: 'GET', headers: {}, body: null, deadline }, (error, answer) => resolve(error ?? answer)));
const told = () => upstream.calls.map(({ headers }) => Number(headers['x-emall-deadline-ms']));

describe('how much time a service is told it has', () => {
  it('is what is left of the row\'s since the call came, wherever it waited', async () => {
    const deadline = new Deadline(10_000);
    aheadMs = 300;
    const leave = room.enter(false, () => {});
    const asked = exchange(deadline);
    aheadMs = 700;
    leave();
    expect(await asked).toMatchObject({ statusCode: 200 });
    expect(told()[0]).toBeLessThanOrEqual(row.timeoutMs - 700);
    expect(told()[0]).toBeGreaterThanOrEqual(row.timeoutMs / 2);
  });

  it('is never less than half: what waited for longer is not sent any more, and leaves its place', async () => {
    const deadline = new Deadline(10_000);
    aheadMs = row.timeoutMs / 2 + 1;
    expect(await exchange(deadline)).toBeInstanceOf(Error);
    expect(await exchange(new Deadline(10_000))).toMatchObject({ statusCode: 200 });
    expect(told()).toHaveLength(1);
  });
});
