import { Fault } from '../fault.ts';
import type { Service } from '../processes.ts';
import type { Replica, Replicas, SpecFor } from './replicas.ts';

/** A version of a service, and how its replicas are run. */
export interface Rolled {
  version: string;
  specFor: SpecFor;
}

/**
 * Replaces the replicas of a service one by one. The first that is not good ends it, and those before it make way for what
 * was there: each for itself, so that one that cannot be brought back leaves no others on the version that was not good.
 * @param judge is given each newcomer and its place; throws when it is not good
 * @throws Fault that says what runs now, when the new version was not good
 */
export async function rollOut(replicas: Replicas, service: Service, fresh: Rolled, before: Rolled, judge: (newcomer: Replica, index: number) => Promise<void>, say: (line: string) => void): Promise<void> {
  const nameOf = (index: number) => `${service}-${replicas.of(service)[index]?.number}`;
  for (let index = 0; index < replicas.of(service).length; index += 1) {
    try {
      await replicas.replace(service, index, fresh.specFor, (newcomer) => judge(newcomer, index));
      say(`${nameOf(index)} runs version ${fresh.version}`);
    } catch (error) {
      say(messageOf(error));
      const left: string[] = [];
      for (let back = 0; back < index; back += 1) {
        await replicas.replace(service, back, before.specFor).catch((why: unknown) => {
          say(messageOf(why));
          left.push(nameOf(back));
        });
      }
      if (left.length > 0) throw new Fault(`${fresh.version} was not good, and still runs as ${left.join(', ')}: going back failed. All others run version ${before.version}.`);
      throw new Fault(`${service} runs version ${before.version} as before: ${fresh.version} was not good.`);
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
