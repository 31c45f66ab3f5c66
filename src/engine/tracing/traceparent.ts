/** What a W3C `traceparent` names: a span, in its trace. https://www.w3.org/TR/trace-context/#traceparent-header */
export interface SpanName {
  traceId: string;
  spanId: string;
  /** Bit 0: the trace is recorded. */
  flags: number;
}

const FORM = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Undefined for whatever is not one: what a stranger sends, or stands in a row, is never trusted to be. */
export function parseTraceparent(text: string | undefined): SpanName | undefined {
  const [, traceId, spanId, flags] = FORM.exec(text ?? '') ?? [];
  if (!traceId || !spanId || !flags) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) };
}

export function formatTraceparent({ traceId, spanId, flags }: SpanName): string {
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, '0')}`;
}
