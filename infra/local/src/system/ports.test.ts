import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { freePort, freePorts, isFree, outgoingPorts, whoListens } from './ports.ts';

describe('free ports', () => {
  it('are different ones, and lie below those the kernel gives to outgoing calls', async () => {
    const ports = await freePorts(30, 'a test');
    expect(new Set(ports).size).toBe(30);
    expect(Math.max(...ports)).toBeLessThan(outgoingPorts().first);
  });

  it('are the same again for the same owner, without the one that is promised', async () => {
    const [first = 0] = await freePorts(1, 'somebody');
    expect(await freePorts(1, 'somebody')).toEqual([first]);
    expect(await freePorts(1, 'somebody', first)).not.toEqual([first]);
  });

  it('pass over one that is taken, and say by whom', async () => {
    const port = await freePort('occupied');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    expect(await isFree(port)).toBe(false);
    expect(await freePort('occupied')).not.toBe(port);
    expect(whoListens(port)).toContain(`(pid ${process.pid})`);
    await new Promise((resolve) => server.close(resolve));
  });
});
