/** Facts of a span, by their names in the trace. Ids, names and codes: never inputs, results or messages. */
export type SpanFacts = Readonly<Record<string, string | number | boolean>>;

export interface SpanDraft {
  /** Few different ones: `step restart`, not `step 3 of R-12`. */
  name: string;
  /** `command`: somebody asked. `take`: a worker took it out of the queue. `work`: all else. */
  kind: 'command' | 'take' | 'work';
  facts: SpanFacts;
  /** W3C traceparent of what it belongs to; absent: of the span that the caller is in, else a trace begins. */
  parent?: string;
}

export interface Span {
  /** Names this span: what is stored, and handed on. */
  traceparent: string;
  add(facts: SpanFacts): void;
  /** It did not end well. */
  fail(code: string): void;
}

/** Where what Reviver does is told as spans. Without one nothing is, and nothing is loaded or spent for it. */
export interface Tracing {
  /** Does `work` in a span, which ends with it; what it throws is told by its code alone, and thrown on. */
  within<T>(draft: SpanDraft, work: (span: Span) => Promise<T>): Promise<T>;
  /** A span that ends as it begins; answers its traceparent. */
  mark(draft: SpanDraft): string;
  /** Goes on with what another program has begun. */
  continuing<T>(traceparent: string | undefined, work: () => T): T;
  /** The traceparent of the span that the caller is in. */
  current(): string | undefined;
}
