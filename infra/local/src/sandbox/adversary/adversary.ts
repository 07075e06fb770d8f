import type { Behaviour, Call, CallFault } from '../behaviour.ts';
import { seededBehaviour } from './seeded.ts';
import type { AdversarySettings, ScriptedFault } from './settings.ts';

/** A behaviour that can be changed while the sandbox runs: faults by script come first, then those by chance. */
export class Adversary implements Behaviour {
  readonly #usual: Behaviour;
  #now: Behaviour;
  #script: ScriptedFault[] = [];

  constructor(usual: Behaviour) {
    this.#usual = usual;
    this.#now = usual;
  }

  behave(settings: AdversarySettings): void {
    this.#now = seededBehaviour(settings);
  }

  add(fault: ScriptedFault): void {
    this.#script.push({ ...fault });
  }

  heal(): void {
    this.#now = this.#usual;
    this.#script = [];
  }

  async onCall(call: Call): Promise<CallFault | undefined> {
    const scripted = this.#script.find(({ route }) => route === `${call.method} ${call.route}`);
    if (!scripted) return await this.#now.onCall(call);
    scripted.times -= 1;
    if (scripted.times === 0) this.#script.splice(this.#script.indexOf(scripted), 1);
    return scripted.fault;
  }

  onEvent(event: { id: string; type: string }) {
    return this.#now.onEvent(event);
  }

  onOpened() {
    return this.#now.onOpened();
  }
}
