import { Aborted } from '../recovery/attempt.js';

/** Whoever takes over goes on with what is there: from then on this one must not touch it. */
export function mayUndo({ reason }: AbortSignal): boolean {
  return !(reason instanceof Aborted && (reason.code === 'lease_lost' || reason.code === 'shutdown'));
}
