import { AsyncLocalStorage } from 'node:async_hooks';
import { hostname } from 'node:os';
import {
  type Context,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { UserError } from '../../engine/model/errors.js';
import type { Log } from '../../engine/ports.js';
import { formatTraceparent, parseTraceparent } from '../../engine/tracing/traceparent.js';
import type { Span, SpanDraft, Tracing } from '../../engine/tracing/tracing.js';
import type { TracingOptions } from './open-tracing.js';
import { tellingOfLoss } from './telling-of-loss.js';

/** A worker that is killed takes the spans of this long with it. */
const GATHER_MS = 1_000;
const MOST_WAITING = 2_048;
const EXPORT_MS = 5_000;
/** A process that ends waits no longer for a collector. */
const GOODBYE_MS = 2_000;

/** Spans go to a collector by OTLP over HTTP, in batches, beside the work; when too many wait, new ones are dropped. */
export function startOtlp(options: TracingOptions, log: Log): { tracing: Tracing; close(): Promise<void> } {
  const url = `${options.endpoint.replace(/\/+$/, '')}/v1/traces`;
  const exporter = tellingOfLoss(new OTLPTraceExporter({ url, timeoutMillis: EXPORT_MS }), log);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'reviver',
      'service.version': options.version,
      'host.name': hostname(),
      'process.pid': process.pid,
      'reviver.roles': options.roles.join(','),
    }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        scheduledDelayMillis: GATHER_MS,
        maxQueueSize: MOST_WAITING,
        exportTimeoutMillis: 2 * EXPORT_MS,
      }),
    ],
  });
  return {
    tracing: createTracing(provider.getTracer('reviver', options.version)),
    close: () => within(GOODBYE_MS, provider.shutdown()),
  };
}

function createTracing(tracer: Tracer): Tracing {
  const here = new AsyncLocalStorage<Context>();
  const contextOf = (traceparent: string | undefined): Context => {
    const remote = parseTraceparent(traceparent);
    if (!remote) return here.getStore() ?? ROOT_CONTEXT;
    const { traceId, spanId, flags } = remote;
    return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: flags, isRemote: true });
  };
  const begin = ({ name, kind, facts, parent }: SpanDraft) => {
    const context = contextOf(parent);
    const span = tracer.startSpan(name, { kind: KINDS[kind], attributes: { ...facts } }, context);
    return { span, context: trace.setSpan(context, span) };
  };

  return {
    async within(draft, work) {
      const { span, context } = begin(draft);
      try {
        return await here.run(context, () => work(handleOf(span)));
      } catch (error) {
        fail(span, codeOf(error));
        throw error;
      } finally {
        span.end();
      }
    },
    mark(draft) {
      const { span } = begin(draft);
      span.end();
      return nameOf(span);
    },
    continuing: (traceparent, work) => here.run(contextOf(traceparent), work),
    current() {
      const span = trace.getSpan(here.getStore() ?? ROOT_CONTEXT);
      return span && nameOf(span);
    },
  };
}

const KINDS = { command: SpanKind.SERVER, take: SpanKind.CONSUMER, work: SpanKind.INTERNAL } as const;

function handleOf(span: OtelSpan): Span {
  return {
    traceparent: nameOf(span),
    add: (facts) => void span.setAttributes({ ...facts }),
    fail: (code) => fail(span, code),
  };
}

/** The code alone: a message may quote what a program has printed. */
function fail(span: OtelSpan, code: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
  span.setAttribute('error.type', code);
}

function nameOf(span: OtelSpan): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return formatTraceparent({ traceId, spanId, flags: traceFlags });
}

function codeOf(error: unknown): string {
  if (error instanceof UserError) return error.code;
  return error instanceof Error ? error.name : 'unknown';
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([work.catch(() => undefined), over]);
  } finally {
    clearTimeout(timer);
  }
}
