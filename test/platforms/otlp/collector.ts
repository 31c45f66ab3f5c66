import { z } from 'zod';
import { type Receiver, startReceiver } from '../receiver.js';

/**
 * A collector that takes spans as OTLP/HTTP 1.x in JSON, and nothing that is not so.
 * Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp and opentelemetry/proto/trace/v1/trace.proto
 */
export interface Collector extends Receiver {
  spans: CollectedSpan[];
  /** Everything that was sent, as it was. */
  bodies: string[];
  refused: string[];
}

export interface CollectedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  kind: number;
  /** The process that made it. */
  pid: number;
  facts: Record<string, string | number | boolean>;
  failed: string | undefined;
  startNs: bigint;
  endNs: bigint;
}

const value = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ boolValue: z.boolean() }),
  z.strictObject({ intValue: z.union([z.int(), z.string().regex(/^-?\d+$/)]) }),
  z.strictObject({ doubleValue: z.number() }),
]);
const attributes = z.array(z.strictObject({ key: z.string().min(1), value }));
const nanos = z.string().regex(/^\d{19}$/);
const count = z.int().min(0);

const span = z.strictObject({
  traceId: z.string().regex(/^(?!0{32})[0-9a-f]{32}$/),
  spanId: z.string().regex(/^(?!0{16})[0-9a-f]{16}$/),
  parentSpanId: z
    .string()
    .regex(/^(?!0{16})[0-9a-f]{16}$/)
    .optional(),
  traceState: z.string().optional(),
  name: z.string().min(1),
  kind: z.int().min(1).max(5),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes,
  droppedAttributesCount: count,
  events: z.array(z.never()),
  droppedEventsCount: count,
  links: z.array(z.never()),
  droppedLinksCount: count,
  flags: z.int().min(0),
  status: z.strictObject({ code: z.int().min(0).max(2), message: z.string().optional() }),
});

const request = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes, droppedAttributesCount: count }).loose(),
      scopeSpans: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string(), version: z.string().optional() }).loose(),
          spans: z.array(span),
          schemaUrl: z.string().optional(),
        }),
      ),
      schemaUrl: z.string().optional(),
    }),
  ),
});

export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const bodies: string[] = [];
  const refused: string[] = [];
  const refuse = (status: number, why: string) => {
    refused.push(why);
    return { status, body: why };
  };
  const receiver = await startReceiver(({ method, url, headers }, body) => {
    if (method !== 'POST' || url !== '/v1/traces') return refuse(404, `${method} ${url}`);
    if (headers['content-type'] !== 'application/json') return refuse(415, `${headers['content-type']}`);
    const parsed = request.safeParse(JSON.parse(body));
    if (!parsed.success) return refuse(400, z.prettifyError(parsed.error));
    bodies.push(body);
    for (const { resource, scopeSpans } of parsed.data.resourceSpans) {
      const pid = Number(factsOf(resource.attributes)['process.pid']);
      for (const one of scopeSpans.flatMap((scope) => scope.spans)) spans.push(collected(one, pid));
    }
    return { status: 200, headers: { 'Content-Type': 'application/json' }, body: '{}' };
  });
  return Object.assign(receiver, { spans, bodies, refused });
}

function collected(given: z.output<typeof span>, pid: number): CollectedSpan {
  const { traceId, spanId, parentSpanId, name, kind, status } = given;
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    kind,
    pid,
    facts: factsOf(given.attributes),
    failed: status.code === 2 ? (status.message ?? '') : undefined,
    startNs: BigInt(given.startTimeUnixNano),
    endNs: BigInt(given.endTimeUnixNano),
  };
}

function factsOf(list: z.output<typeof attributes>): Record<string, string | number | boolean> {
  return Object.fromEntries(list.map(({ key, value: one }) => [key, Object.values(one)[0] ?? '']));
}
