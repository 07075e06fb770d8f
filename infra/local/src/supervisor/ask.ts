import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { Fault } from '../fault.ts';
import type { Answer, Order, Request } from './control.ts';
import type { runningShop } from './running.ts';

/** Asks the supervisor of a running shop and passes on what it says, until it is done. @throws Fault with its reason when it is not */
export async function askSupervisor({ topology, secrets }: ReturnType<typeof runningShop>, order: Order): Promise<void> {
  const socket = connect({ port: topology.supervisor.controlPort, host: '127.0.0.1' });
  const failed = new Promise<never>((_, reject) => socket.once('error', (error) => reject(new Fault(`The supervisor does not answer: ${error.message}`))));
  failed.catch(() => {});
  socket.write(`${JSON.stringify({ token: secrets.control, ...order } satisfies Request)}\n`);
  try {
    await Promise.race([listen(socket), failed]);
  } finally {
    socket.destroy();
  }
}

async function listen(socket: NodeJS.ReadableStream): Promise<void> {
  for await (const line of createInterface({ input: socket })) {
    const answer = JSON.parse(line) as Answer;
    if ('said' in answer) console.log(answer.said);
    else if ('refused' in answer) throw new Fault(answer.refused);
    else return;
  }
  throw new Fault('The supervisor has ended before it was done.');
}
