import type { Log } from '../../engine/ports.js';
import { tracedLog } from '../../engine/tracing/traced-log.js';
import type { Tracing } from '../../engine/tracing/tracing.js';

export interface TracingOptions {
  /** Of an OTLP collector: spans go to `/v1/traces` below it. */
  endpoint: string;
  version: string;
  roles: readonly string[];
}

export interface OpenTracing {
  tracing: Tracing | undefined;
  /** The log; lines within a span say in which trace. */
  log: Log;
  close(): Promise<void>;
}

/** Spans are made where somebody wants them; else none, and nothing of OpenTelemetry is loaded. */
export async function openTracing(options: TracingOptions | undefined, log: Log): Promise<OpenTracing> {
  if (!options) return { tracing: undefined, log, close: async () => {} };
  const { startOtlp } = await import('./otlp.js');
  const { tracing, close } = startOtlp(options, log);
  return { tracing, log: tracedLog(log, tracing), close };
}
