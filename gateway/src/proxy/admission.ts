import { refuse } from '../door/refuse.ts';
import { worthOf, WORTHS } from './worth.ts';

/** How the door turns away what there is no room for: by what is asked for, in the shop's words. */
export const admission = { names: WORTHS, worthOf, refuse, tellsWaits: false };
