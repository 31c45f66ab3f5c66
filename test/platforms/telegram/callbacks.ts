import { badRequest } from './refusal.js';

/** A press on a button, and what the person gets to see for it. */
export interface Press {
  id: string;
  user: number;
  at: number;
  answer?: { text: string; alert: boolean; afterMs: number };
}

/** Presses that wait for their answer: one each, within the time. */
export interface Callbacks {
  add(user: number): Press;
  answer(id: string, text: string, alert: boolean): void;
  all(): readonly Press[];
}

/** The API does not say how long; the field says 5 to 20 s. */
export const ANSWER_WITHIN_MS = 15_000;

export function createCallbacks(answerWithinMs: number): Callbacks {
  const presses: Press[] = [];
  return {
    all: () => presses,
    add(user) {
      const press = { id: `${4_000_000_000_000 + presses.length}`, user, at: performance.now() };
      presses.push(press);
      return press;
    },
    answer(id, text, alert) {
      const press = presses.find((each) => each.id === id);
      const afterMs = performance.now() - (press?.at ?? 0);
      if (!press || press.answer || afterMs > answerWithinMs)
        throw badRequest('query is too old and response timeout expired or query ID is invalid');
      press.answer = { text, alert, afterMs };
    },
  };
}
