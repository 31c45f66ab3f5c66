import type { Origin } from '../model/recovery.js';

/**
 * Where it was asked, without what was asked there and by whom: what follows from a recovery is a request of its own.
 * `request`: the act that asks for it now, so that its repetition asks for nothing more.
 */
export function anew({ request: _, owner: __, ...origin }: Origin, request: string | undefined): Origin {
  return { ...origin, ...(request === undefined ? {} : { request }) };
}
