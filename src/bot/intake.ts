import type { Log } from '../engine/ports.js';
import type { ChatStore, LeftInput } from './chat-store.js';
import { createBell } from './live/bell.js';
import type { Accepted, ChatInput } from './port.js';

/** Handles an input to its end, its replies included. Never rejects. */
export type Handle = (input: ChatInput, ageMs: number) => Promise<void>;

export interface IntakeOptions {
  store: Pick<ChatStore, 'takeInput' | 'inputHandled' | 'claimInputs'>;
  /** Names of the platforms of this process: only they can answer. */
  platforms: readonly string[];
  handle: Handle;
  log: Log;
  pollMs: number;
}

/** Between a person's act and what follows from it nothing is lost, and nothing is done twice. */
export interface Intake {
  accept(input: ChatInput): Promise<Accepted>;
  start(): void;
  /** Waits for what is in hand. */
  stop(): Promise<void>;
}

/** An input that is still not handled then is taken by whoever looks first. Renewed while it is in hand. */
const LEASE_MS = 15_000;
/** A platform gives up on an answer after 3 s: a slow database must not be in its way. */
const STORE_WITHIN_MS = 1_500;
const BATCH = 20;
const REMEMBERED = 5_000;

/** Stores each input before its platform is answered; what a process that ended has left is handled by the next. */
export function createIntake({ store, platforms, handle, log, pollMs }: IntakeOptions): Intake {
  const recent = new Map<string, Promise<void>>();
  const inHand = new Set<Promise<void>>();
  const stopping = new AbortController();
  const bell = createBell();
  let sweeping: Promise<void> | undefined;

  const remember = (key: string, handled: Promise<void>): void => {
    if (recent.size >= REMEMBERED) recent.delete(recent.keys().next().value ?? '');
    recent.set(key, handled);
  };

  /** Durable where the database answers in time; while it does not, this process alone remembers. */
  async function isFirst(input: ChatInput): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not stored within ${STORE_WITHIN_MS} ms`)), STORE_WITHIN_MS);
    });
    try {
      return await Promise.race([store.takeInput(input, LEASE_MS), late]);
    } catch (error) {
      log('warn', 'chat:intake_in_memory', { platform: input.origin.platform, error: String(error) });
      return true;
    } finally {
      clearTimeout(timer);
    }
  }

  function run({ input, ageMs }: LeftInput): Promise<void> {
    const work = handle(input, ageMs)
      .then(() => store.inputHandled(input))
      .catch((error: unknown) =>
        log('warn', 'chat:input_not_closed', { platform: input.origin.platform, error: String(error) }),
      )
      .finally(() => inHand.delete(work));
    inHand.add(work);
    return work;
  }

  async function sweep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Away: the chat's other loops say so.
      const left = await store.claimInputs(platforms, LEASE_MS, BATCH).catch(() => []);
      for (const each of left) {
        const key = keyOf(each.input);
        if (recent.has(key)) continue;
        remember(key, run(each));
      }
      if (left.length < BATCH) await bell.wait(pollMs, signal);
    }
  }

  return {
    async accept(input) {
      const key = keyOf(input);
      const before = recent.get(key);
      if (before) return { fresh: false, handled: before };
      let settle = (): void => {};
      remember(key, new Promise((resolve) => (settle = resolve)));
      const first = await isFirst(input);
      const handled = first ? run({ input, ageMs: 0 }) : Promise.resolve();
      void handled.then(settle);
      return { fresh: first, handled };
    },
    start() {
      sweeping = sweep(stopping.signal);
    },
    async stop() {
      stopping.abort();
      await Promise.all([sweeping, ...inHand]);
    },
  };
}

function keyOf({ id, origin }: ChatInput): string {
  return `${origin.platform}:${id}`;
}
