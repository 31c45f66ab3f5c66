import type { Engine, RecoveryView } from '../engine/engine.js';
import { isTerminal, waitsForPerson } from '../engine/model/recovery.js';
import type { Subscribe } from './event-stream.js';

/** Also without news from other processes an end is seen by then. */
const LOOK_AGAIN_MS = 1_000;

/** The recovery once it has ended or waits for people; or as it is after `mostMs`, or when `gone` aborts. */
export type WaitForEnd = (id: number, mostMs: number, gone: AbortSignal) => Promise<RecoveryView>;

/** Waiters share what they look at: the event log, as long as somebody waits, and each recovery. */
export function createWaitForEnd(engine: Pick<Engine, 'view'>, subscribe: Subscribe): WaitForEnd {
  const waiting = new Map<symbol, { id: number; wake(): void }>();
  const looks = new Map<number, Promise<RecoveryView>>();
  let following: AbortController | undefined;

  const follow = (): void => {
    following ??= new AbortController();
    const { signal } = following;
    if (waiting.size > 1) return;
    subscribe(
      undefined,
      ({ recoveryId }) => {
        for (const { id, wake } of waiting.values()) if (id === recoveryId) wake();
      },
      signal,
    ).catch(() => undefined);
  };

  const look = (id: number): Promise<RecoveryView> => {
    const shared = looks.get(id) ?? engine.view(id).finally(() => looks.delete(id));
    looks.set(id, shared);
    return shared;
  };

  return async (id, mostMs, gone) => {
    const until = AbortSignal.any([gone, AbortSignal.timeout(mostMs)]);
    const me = Symbol(String(id));
    let wake = (): void => {};
    waiting.set(me, { id, wake: () => wake() });
    follow();
    try {
      for (;;) {
        const news = new Promise<void>((resolve) => {
          wake = resolve;
        });
        const view = await look(id);
        const { state } = view.recovery;
        if (isTerminal(state) || waitsForPerson(state) || until.aborted) return view;
        await soon(news, until);
        if (gone.aborted) return view;
      }
    } finally {
      waiting.delete(me);
      if (waiting.size === 0) {
        following?.abort();
        following = undefined;
      }
    }
  };
}

function soon(news: Promise<void>, until: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      until.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, LOOK_AGAIN_MS);
    until.addEventListener('abort', done, { once: true });
    void news.then(done);
  });
}
