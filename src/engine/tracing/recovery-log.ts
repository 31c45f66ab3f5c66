import { type Recovery, recoveryName } from '../model/recovery.js';
import type { Log } from '../ports.js';
import { parseTraceparent } from './traceparent.js';

/** Lines about one recovery: each says which, and in which trace. */
export function recoveryLog(log: Log, { id, origin }: Pick<Recovery, 'id' | 'origin'>): Log {
  const trace = parseTraceparent(origin.traceparent);
  const about = { recovery: recoveryName(id), ...(trace ? { trace_id: trace.traceId } : {}) };
  return (level, message, facts) => log(level, message, { ...about, ...facts });
}
