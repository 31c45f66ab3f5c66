/** What Slack sends to an app. `kind` is the type of its envelope in Socket Mode. */
export interface Sending {
  kind: 'slash_commands' | 'interactive' | 'events_api';
  payload: Record<string, unknown>;
  /** Repetitions of an event. */
  retry?: { attempt: number; reason: string };
}

/** How the app answered. */
export interface Acknowledged {
  /** What a form shall show. */
  payload: unknown;
  tookMs: number;
}

/** Slack's ways to an app. Rejects when the app did not take it within 3 s: whoever acted sees an error. */
export interface Transport {
  send(sending: Sending): Promise<Acknowledged>;
}

export const DEADLINE_MS = 3_000;

/** What a person is told whose act did not arrive. */
export class DispatchFailed extends Error {}
