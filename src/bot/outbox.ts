import type { Log } from '../engine/ports.js';
import type { OutboxRow, OutboxStore } from './chat-store.js';
import { createBell } from './live/bell.js';
import { RateLimited } from './port.js';

/** Sends one kind of effect. Throws to be asked again; `GiveUp` when that can never help. */
export type Send = (row: OutboxRow) => Promise<void>;

/** This effect can never be sent: it is closed with its error. */
export class GiveUp extends Error {}

/** The receiver says when it wants to be asked again. */
export class Later extends Error {
  constructor(
    message: string,
    readonly retryAfterMs: number,
  ) {
    super(message);
  }
}

export interface OutboxSender {
  /** New rows were written: looks at once. */
  wake(): void;
  start(): void;
  stop(): Promise<void>;
}

export interface OutboxOptions {
  store: OutboxStore;
  /** By kind. Rows of other kinds are left to other senders. */
  sends: ReadonlyMap<string, Send>;
  log: Log;
  pollMs: number;
  /** Milliseconds after which another process sends what this one has begun and not ended; default one minute. */
  leaseMs?: number;
}

const LEASE_MS = 60_000;
const BATCH = 20;
const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 60_000;

/** Milliseconds before attempt number `attempts` + 1: 1 s, doubled up to 60 s, or what the receiver asked for. */
export function resendDelayMs(attempts: number, error: unknown): number {
  if (error instanceof RateLimited || error instanceof Later) return Math.max(error.retryAfterMs, 0);
  return Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempts - 1, 10));
}

/** Sends what the engine left in the outbox, each at least once under its key; a row waits only for those before it in its lane. */
export function createOutboxSender({ store, sends, log, pollMs, leaseMs = LEASE_MS }: OutboxOptions): OutboxSender {
  const bell = createBell();
  const stopping = new AbortController();
  const kinds = [...sends.keys()];
  let loop: Promise<void> | undefined;

  async function send(row: OutboxRow): Promise<void> {
    try {
      await sends.get(row.kind)?.(row);
      await store.done(row.id);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof GiveUp) return await giveUp(row, message);
      if (row.attempts === 1) log('warn', 'outbox:send_failed', { key: row.key, kind: row.kind, error: message });
      const delayMs = resendDelayMs(row.attempts, error);
      await store.retry(row.id, delayMs, message);
      bell.ringIn(delayMs);
    }
  }

  async function giveUp(row: OutboxRow, message: string): Promise<void> {
    log('error', 'outbox:given_up', { key: row.key, kind: row.kind, error: message });
    await store.done(row.id, message);
  }

  async function run(signal: AbortSignal): Promise<void> {
    let broken = false;
    while (!signal.aborted) {
      let full = false;
      try {
        const rows = await store.claim(kinds, leaseMs, BATCH);
        await Promise.all(rows.map(send));
        full = rows.length === BATCH;
        broken = false;
      } catch (error) {
        if (!broken) log('warn', 'outbox:unavailable', { error: String(error) });
        broken = true;
      }
      if (!full) await bell.wait(pollMs, signal);
    }
  }

  return {
    wake: () => bell.ring(),
    start() {
      loop = run(stopping.signal);
    },
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}
