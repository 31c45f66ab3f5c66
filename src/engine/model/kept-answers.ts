/** What was answered to a request, as it was sent. */
export interface KeptAnswer {
  status: number;
  headers: Record<string, string>;
  type: string;
  text: string;
}

/** Answers to requests with an `Idempotency-Key`. `owner`: whose key it is; `request`: a digest of what was asked. */
export interface KeptAnswers {
  /** Claims the key, or tells what it was claimed for before. Only one of several at once gets `begun`. */
  begin(
    owner: string,
    key: string,
    request: string,
  ): Promise<
    { kind: 'begun' } | { kind: 'done'; request: string; answer: KeptAnswer } | { kind: 'running'; request: string }
  >;
  keep(owner: string, key: string, answer: KeptAnswer): Promise<void>;
  /** Nothing came of the request: it may be asked again under the same key. */
  drop(owner: string, key: string): Promise<void>;
}
