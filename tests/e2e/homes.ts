import { Agent } from 'undici';

/** People do not all live in one house, and a house may not ask for everything: as many as a small office street has. */
const HOMES = 200;

const agents: Agent[] = [];
let moved = 0;

/** The connections of somebody's home, which has a loopback address of its own. The homes are given out in turn. */
export function nextHome(): Agent {
  const number = moved++ % HOMES;
  return (agents[number] ??= new Agent({ localAddress: `127.2.0.${number + 1}` }));
}
