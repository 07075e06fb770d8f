import type { FastifyPluginAsync } from 'fastify';
import type { Clients } from '../clients/clients.ts';
import type { Assets } from './assets.ts';
import type { Departments } from './departments.ts';

/** What the pages need. */
export interface Deps extends Clients {
  assets: Assets;
  departments: Departments;
  publicUrl: string;
  /** The one currency of this shop, ISO 4217. */
  currency: string;
}

export type Pages = FastifyPluginAsync<Deps>;
