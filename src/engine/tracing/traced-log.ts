import type { Log } from '../ports.js';
import { parseTraceparent } from './traceparent.js';
import type { Tracing } from './tracing.js';

/** Lines that are written within a span say in which trace. */
export function tracedLog(log: Log, tracing: Pick<Tracing, 'current'>): Log {
  return (level, message, facts) => {
    const trace = parseTraceparent(tracing.current());
    log(level, message, trace ? { trace_id: trace.traceId, ...facts } : facts);
  };
}
