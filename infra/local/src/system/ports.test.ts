import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { claimPorts, freePort, freePorts, isFree, whoListens } from './ports.ts';

const KERNEL_BEGINS = 32_768;
/** Of this run alone: another one beside it would find the same port free. */
const owner = `a test ${process.pid}`;

describe('the ports of a shop', () => {
  it('are different ones, below those the kernel gives to outgoing calls, and never the promised one', async () => {
    const first = await claimPorts(30, 'a test', 0);
    first.holder.close();
    const { holder, ports } = await claimPorts(30, 'a test', first.ports[3] ?? 0);
    expect(new Set(ports).size).toBe(30);
    expect(Math.max(...ports)).toBeLessThan(KERNEL_BEGINS);
    expect(ports).not.toContain(first.ports[3]);
    holder.close();
  });

  it('can become more, and those that are given back come last', async () => {
    const { holder, ports, more, giveBack } = await claimPorts(30, 'one that grows', 0);
    const further = await more(2);
    expect(ports).not.toContain(further[0]);
    giveBack(further);
    const all = [...ports, ...(await more(100))];
    expect(new Set(all).size).toBe(130);
    expect(all).not.toContain(further[0]);
    await expect(more(100)).rejects.toThrow('100 more free ports were not found');
    holder.close();
  });

  it('are not given to a second shop that looks for some before the first one uses them', async () => {
    const first = await claimPorts(30, 'twins', 0);
    const second = await claimPorts(30, 'twins', 0);
    expect(first.ports.filter((port) => second.ports.includes(port))).toEqual([]);
    first.holder.close();
    second.holder.close();
  });
});

describe('a free port', () => {
  it('is the same again for the same owner', async () => {
    expect(await freePorts(2, owner)).toEqual(await freePorts(2, owner));
  });

  it('is not one that is taken, and it can be told by whom', async () => {
    const port = await freePort(owner);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    expect(await isFree(port)).toBe(false);
    expect(await freePort(owner)).not.toBe(port);
    expect(whoListens(port)).toContain(`(pid ${process.pid})`);
    await new Promise((resolve) => server.close(resolve));
  });
});
