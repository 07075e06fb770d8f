import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ReplicaPorts } from './ports.ts';
import { type Replica, Replicas } from './replicas.ts';
import { rollOut } from './roll-out.ts';
import type { ProcessSpec, Supervised } from './supervised.ts';

/** Who runs, on which ports, and who is asked there, of a crew and a balancer of which any move can be made to fail. */
class Stage {
  readonly running = new Set<string>();
  readonly taken = new Set<number>();
  asked: readonly number[] = [];
  /** Named `ask`, or after the replica that does not become ready; each fails once. */
  readonly failures: string[] = [];
  readonly replicas = new Replicas(
    {
      more: async () => {
        const port = 1 + Math.max(0, ...this.taken);
        this.taken.add(port);
        return { port, adminPort: 0 };
      },
      giveBack: ({ port }) => void this.taken.delete(port),
    },
    {
      add: async (spec) => {
        this.#mayFail(spec.version);
        this.running.add(`${spec.name} ${spec.version} on ${spec.port}`);
        return { spec } as Supervised;
      },
      dismiss: async ({ spec }) => void this.running.delete(`${spec.name} ${spec.version} on ${spec.port}`),
    },
    {
      ask: async (_, ports) => {
        this.#mayFail('ask');
        this.asked = ports;
      },
      settled: async () => {},
    },
  );

  #mayFail(what: string): void {
    const at = this.failures.indexOf(what);
    if (at < 0) return;
    this.failures.splice(at, 1);
    throw new Error(`${what} failed`);
  }

  /** With version `one`. */
  async open(count: number): Promise<void> {
    const all = Array.from({ length: count }, (_, index): Replica => {
      const [number, at] = [index + 1, { port: index + 1, adminPort: 0 }];
      return { number, at, process: { spec: spec('one')({ number, at }) } as Supervised };
    });
    for (const { at, process } of all) {
      this.taken.add(at.port);
      this.running.add(`${process.spec.name} one on ${at.port}`);
    }
    this.asked = all.map(({ at }) => at.port);
    this.replicas.adopt('cart', all);
  }

  /** Who is in the list, which should be who runs. */
  listed(): string[] {
    return this.replicas.of('cart').map(({ at, process }) => `${process.spec.name} ${process.spec.version} on ${at.port}`);
  }
}

const spec = (version: string) => ({ number, at }: { number: number; at: ReplicaPorts }) => ({ name: `cart-${number}`, version, port: at.port }) as ProcessSpec;
const rolled = (version: string) => ({ version, specFor: spec(version) });
const bad = async () => {
  throw new Error('not good');
};

let stage: Stage;
beforeEach(async () => {
  stage = new Stage();
  await stage.open(3);
});

describe('a replica in place of another', () => {
  it('is the one that is asked, and nothing of the old one is left', async () => {
    await stage.replicas.replace('cart', 1, spec('two'));
    expect(stage.listed()).toEqual(['cart-1 one on 1', 'cart-2 two on 4', 'cart-3 one on 3']);
    expect([...stage.running].toSorted()).toEqual(stage.listed());
    expect(stage.asked).toEqual([1, 4, 3]);
    expect([...stage.taken]).toEqual([1, 3, 4]);
  });

  it('that is not good leaves nothing behind', async () => {
    await expect(stage.replicas.replace('cart', 1, spec('two'), bad)).rejects.toThrow('not good');
    expect([...stage.running]).toEqual(stage.listed());
    expect([...stage.taken]).toEqual([1, 2, 3]);
  });

  it('ends also when nginx takes neither it nor its end, and its ports go to nobody else', async () => {
    stage.failures.push('ask', 'ask');
    await expect(stage.replicas.replace('cart', 1, spec('two'))).rejects.toThrow('ask failed');
    expect([...stage.running]).toEqual(['cart-1 one on 1', 'cart-2 one on 2', 'cart-3 one on 3']);
    expect(stage.listed()).toEqual([...stage.running]);
    expect(stage.taken.has(4)).toBe(true);
  });
});

describe('fewer replicas', () => {
  it('are all that is asked and runs', async () => {
    await stage.replicas.keep('cart', 1);
    expect({ asked: stage.asked, running: [...stage.running], taken: [...stage.taken] }).toEqual({ asked: [1], running: ['cart-1 one on 1'], taken: [1] });
  });

  it('are not what is listed when nginx goes on asking all', async () => {
    stage.failures.push('ask');
    await expect(stage.replicas.keep('cart', 1)).rejects.toThrow('ask failed');
    expect(stage.listed()).toEqual([...stage.running]);
    await stage.replicas.keep('cart', 2);
    expect({ asked: stage.asked, running: [...stage.running] }).toEqual({ asked: [1, 2], running: ['cart-1 one on 1', 'cart-2 one on 2'] });
  });
});

describe('more replicas', () => {
  it.each(['ask', 'two'])('come all or none (%s fails)', async (failing) => {
    stage.failures.push(failing);
    await expect(stage.replicas.add('cart', 2, spec('two'))).rejects.toThrow(`${failing} failed`);
    expect([...stage.running]).toEqual(stage.listed());
    expect(stage.listed()).toHaveLength(3);
    expect([...stage.taken]).toEqual([1, 2, 3]);
  });
});

describe('a version that is not good at the last replica', () => {
  const badAtLast = async (_: unknown, index: number) => (index === 2 ? bad() : undefined);

  it('makes way everywhere', async () => {
    const said: string[] = [];
    await expect(rollOut(stage.replicas, 'cart', rolled('two'), rolled('one'), badAtLast, (line) => said.push(line))).rejects.toThrow('cart runs version one as before: two was not good.');
    expect(said).toContain('not good');
    expect(stage.listed().map((name) => name.split(' on ')[0])).toEqual(['cart-1 one', 'cart-2 one', 'cart-3 one']);
    expect([...stage.running].toSorted()).toEqual(stage.listed().toSorted());
  });

  it('makes way where it can, and says where it could not', async () => {
    stage.failures.push('one');
    await expect(rollOut(stage.replicas, 'cart', rolled('two'), rolled('one'), badAtLast, () => {})).rejects.toThrow(/still runs as cart-1: going back failed/);
    expect(stage.listed().map((name) => name.split(' on ')[0])).toEqual(['cart-1 two', 'cart-2 one', 'cart-3 one']);
    expect([...stage.running].toSorted()).toEqual(stage.listed().toSorted());
  });
});
