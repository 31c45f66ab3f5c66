import { RateLimited, type Urgency, ViewLost } from '../../port.js';
import type { Sense } from '../connection/sense.js';
import type { Act, Pace } from './pace.js';
import { portError, retryAfterMs, speechless, Unanswered } from './refusal.js';

/** One call to Slack: what it is counted as, where, and how urgent it is. */
export interface Utterance {
  method: string;
  act: Act;
  channel: string;
  urgency: Urgency;
  /** It answers in a thread. */
  threaded?: boolean;
}

/** Makes calls in their turn. Throws what the port knows, or `Unanswered`. */
export interface Speech {
  turn(what: Utterance): Promise<void>;
  call<T>(what: Utterance, call: () => Promise<T>): Promise<T>;
  /** Where nothing can be posted until someone mends it, and why: one sentence for each channel. */
  troubles(): string[];
}

/** So that all who wait do not come back in the same moment. */
const JITTER_MS = 250;

export function createSpeech(pace: Pace, speaks: Sense): Speech {
  const closed = new Map<string, string>();
  return {
    turn: ({ act, channel, urgency }) => pace.turn(act, channel, urgency),
    async call({ method, act, channel, threaded }, call) {
      try {
        const answer = await heard(speaks, call);
        if (act === 'post') closed.delete(channel);
        return answer;
      } catch (error) {
        const waitMs = retryAfterMs(error);
        if (waitMs !== undefined) pace.pause(act, channel, waitMs + Math.random() * JITTER_MS);
        const known = portError(error, method, channel, threaded);
        if (act === 'post' && !passing(known)) closed.set(channel, known.message);
        throw known;
      }
    },
    troubles: () => [...closed.values()],
  };
}

/** What goes away by itself, or is mended by another post. */
function passing(error: Error): boolean {
  return error instanceof RateLimited || error instanceof ViewLost || error instanceof Unanswered;
}

/** Any answer of Slack shows that it can be reached, also a refusal. */
export async function heard<T>(speaks: Sense, call: () => Promise<T>): Promise<T> {
  try {
    const answer = await call();
    speaks.well();
    return answer;
  } catch (error) {
    if (speechless(error)) speaks.lost(portError(error, 'Slack', 'the workspace').message);
    else speaks.well();
    throw error;
  }
}
