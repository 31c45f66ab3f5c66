import type { StreamEvent } from '../model/message.js';
import { backoffMs } from './backoff.js';
import { pause } from './pause.js';
import { listen } from './stream.js';

export interface FollowingOptions {
  token: string;
  /** Reads again what is shown, before each connection; rejects while the server cannot be asked. */
  catchUp(): Promise<void>;
  /** The version from which to go on. */
  cursor(): number;
  reachable(): Promise<boolean>;
  onEvent(event: StreamEvent): void;
  /** `lost` is told once for a break, `live` when events flow again. */
  onLink(link: 'live' | 'lost'): void;
}

export interface Following {
  /** Looks whether the connection still lives, and tries at once if it does not. */
  check(): void;
  tryNow(): void;
  close(): void;
}

/** A browser is not told that a sleeping or a cut network has taken its connection: it is asked for. */
const PROBE_EVERY_MS = 10_000;

/** Follows the stream for ever: catches up, listens, and after a break begins anew with growing pauses. */
export function follow(options: FollowingOptions): Following {
  const ending = new AbortController();
  let broken = new AbortController();
  let impatient = new AbortController();
  let failures = 0;

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      broken = new AbortController();
      impatient = new AbortController();
      await connect();
      if (ending.signal.aborted) return;
      options.onLink('lost');
      await pause(backoffMs(failures, Math.random()), AbortSignal.any([ending.signal, impatient.signal]));
      failures += 1;
    }
  }

  async function connect(): Promise<void> {
    try {
      await options.catchUp();
    } catch {
      return;
    }
    const opened = () => {
      failures = 0;
      options.onLink('live');
    };
    const signal = AbortSignal.any([ending.signal, broken.signal]);
    await listen(options.token, options.cursor(), { open: opened, event: options.onEvent }, signal);
  }

  async function probe(): Promise<void> {
    const current = broken;
    if (!(await options.reachable())) current.abort();
  }

  const timer = setInterval(() => void probe(), PROBE_EVERY_MS);
  void run();
  return {
    check: () => void probe(),
    tryNow: () => impatient.abort(),
    close: () => {
      clearInterval(timer);
      ending.abort();
    },
  };
}
