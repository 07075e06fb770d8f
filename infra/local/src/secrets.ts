import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { writeFileAtomically } from './files.ts';

/** Random, made once for a home, readable by its owner alone. Nothing of it is ever printed. */
export interface Secrets {
  postgres: string;
  redis: string;
  /** Password of each database role. */
  roles: Record<string, string>;
  /** The key with which each caller signs what it says about a shopper, hex. */
  identity: { gateway: string; order: string };
  stripe: { secretKey: string; webhookSecret: string };
  /** Opens the supervisor's control socket to commands of the same user. */
  control: string;
}

const random = (bytes: number) => randomBytes(bytes).toString('hex');

export function openSecrets(path: string, roles: readonly string[]): Secrets {
  const known: Partial<Secrets> = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Partial<Secrets>) : {};
  const secrets: Secrets = {
    postgres: known.postgres ?? random(24),
    redis: known.redis ?? random(24),
    roles: { ...Object.fromEntries(roles.map((role) => [role, random(24)])), ...known.roles },
    identity: { gateway: random(32), order: random(32), ...known.identity },
    stripe: known.stripe ?? { secretKey: `sk_test_${random(16)}`, webhookSecret: `whsec_${random(24)}` },
    control: known.control ?? random(24),
  };
  if (JSON.stringify(secrets) !== JSON.stringify(known)) writeFileAtomically(path, `${JSON.stringify(secrets, null, 2)}\n`, 0o600);
  chmodSync(path, 0o600);
  return secrets;
}
