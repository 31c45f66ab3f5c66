import type { Log } from '../engine/ports.js';
import type { ChatStore } from './chat-store.js';
import { createInHand, inputKey } from './in-hand.js';
import { createBell } from './live/bell.js';
import type { Accepted, ChatInput } from './port.js';

/** Handles an input to its end, its replies included. Never rejects. */
export type Handle = (input: ChatInput, ageMs: number) => Promise<void>;

export interface IntakeOptions {
  store: Pick<ChatStore, 'takeInput' | 'inputHandled' | 'keepInputs' | 'claimInputs'>;
  /** Names of the platforms of this process: only they can answer. */
  platforms: readonly string[];
  handle: Handle;
  log: Log;
  pollMs: number;
  /** An input whose process has not renewed it for so long is taken by whoever looks first; default 15 s. */
  leaseMs?: number;
}

/** Between a person's act and what follows from it nothing is lost, and nothing is done twice. */
export interface Intake {
  accept(input: ChatInput): Promise<Accepted>;
  start(): void;
  /** Waits for what is in hand. */
  stop(): Promise<void>;
}

const LEASE_MS = 15_000;
/** A platform gives up on an answer after 3 s: a slow database must not be in its way. */
const STORE_WITHIN_MS = 1_500;
const BATCH = 20;
const REMEMBERED = 5_000;

/** Stores each input before its platform is answered; what a process that ended has left is handled by the next. */
export function createIntake(options: IntakeOptions): Intake {
  const { store, platforms, handle, log, pollMs, leaseMs = LEASE_MS } = options;
  const recent = new Map<string, Promise<void>>();
  const inHand = createInHand({ store, handle, log, leaseMs });
  const stopping = new AbortController();
  const bell = createBell();
  let sweeping: Promise<void> | undefined;

  const remember = (key: string, handled: Promise<void>): void => {
    if (recent.size >= REMEMBERED) recent.delete(recent.keys().next().value ?? '');
    recent.set(key, handled);
  };

  /** Durable where the database answers in time; while it does not, this process alone remembers. */
  async function take(input: ChatInput): Promise<'stored' | 'in_memory' | 'taken_before'> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not stored within ${STORE_WITHIN_MS} ms`)), STORE_WITHIN_MS);
    });
    try {
      return (await Promise.race([store.takeInput(input, leaseMs), late])) ? 'stored' : 'taken_before';
    } catch (error) {
      log('warn', 'chat:intake_in_memory', { platform: input.origin.platform, error: String(error) });
      return 'in_memory';
    } finally {
      clearTimeout(timer);
    }
  }

  /** Takes what others have left. Answers whether there may be more. */
  async function takeLeft(): Promise<boolean> {
    const left = await store.claimInputs(platforms, leaseMs, BATCH);
    const fresh = left.filter(({ input }) => !inHand.has(input));
    for (const each of fresh) remember(inputKey(each.input), inHand.handle(each, true));
    return fresh.length === BATCH;
  }

  async function sweep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Away: the chat's other loops say so.
      const more = await inHand
        .tend()
        .then(takeLeft, () => false)
        .catch(() => false);
      if (!more) await bell.wait(pollMs, signal);
    }
  }

  return {
    async accept(input) {
      const key = inputKey(input);
      const before = recent.get(key);
      if (before) return { fresh: false, handled: before };
      let settle = (): void => {};
      remember(key, new Promise((resolve) => (settle = resolve)));
      const taken = await take(input);
      const fresh = taken !== 'taken_before';
      const handled = fresh ? inHand.handle({ input, ageMs: 0 }, taken === 'stored') : Promise.resolve();
      void handled.then(settle);
      return { fresh, handled };
    },
    start() {
      sweeping = sweep(stopping.signal);
    },
    async stop() {
      stopping.abort();
      // A look that is under way may still take something in hand.
      await sweeping;
      await inHand.settled();
      await inHand.tend().catch((error: unknown) =>
        // Whoever starts next may do these once more.
        log('warn', 'chat:inputs_not_closed', { inputs: inHand.size, error: String(error) }),
      );
    },
  };
}
