import type { Origin } from '../model/recovery.js';

/** Where it was asked, without what was asked there: what follows from a recovery is a request of its own. */
export function anew({ request: _, ...origin }: Origin): Origin {
  return origin;
}
