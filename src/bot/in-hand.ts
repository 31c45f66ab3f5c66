import type { Log } from '../engine/ports.js';
import type { ChatStore, LeftInput } from './chat-store.js';
import type { ChatInput } from './port.js';

/** Inputs of this process, each from its taking until the database knows that it was handled. */
export interface InHand {
  has(input: ChatInput): boolean;
  /** Handles it, and has the database know. `stored`: it is there already. Never rejects. */
  handle(left: LeftInput, stored: boolean): Promise<void>;
  /** Stores what is not stored yet, renews leases, closes what was handled. Rejects while the database is away. */
  tend(): Promise<void>;
  /** All was handled. */
  settled(): Promise<void>;
  /** Inputs that the database does not know to be handled. */
  readonly size: number;
}

export interface InHandOptions {
  store: Pick<ChatStore, 'inputHandled' | 'keepInputs'>;
  /** Handles an input to its end. Never rejects. */
  handle(input: ChatInput, ageMs: number): Promise<void>;
  log: Log;
  leaseMs: number;
  now?(): number;
}

interface Held extends LeftInput {
  since: number;
  stored: boolean;
  handled: boolean;
  work: Promise<void>;
}

/** Renewals in a lease: one that fails, or is late, loses nothing. */
const RENEWALS = 3;

export function createInHand(options: InHandOptions): InHand {
  const { store, log, leaseMs, now = () => performance.now() } = options;
  const held = new Map<string, Held>();
  let renewedAt = now();

  async function close(one: Held): Promise<void> {
    await store.inputHandled(one.input);
    held.delete(inputKey(one.input));
  }

  async function work(one: Held): Promise<void> {
    await options.handle(one.input, one.ageMs);
    one.handled = true;
    await close(one).catch((error: unknown) =>
      log('warn', 'chat:input_not_closed', { platform: one.input.origin.platform, error: String(error) }),
    );
  }

  return {
    has: (input) => held.has(inputKey(input)),
    handle(left, stored) {
      const one: Held = { ...left, since: now(), stored, handled: false, work: Promise.resolve() };
      held.set(inputKey(left.input), one);
      one.work = work(one);
      return one.work;
    },
    async tend() {
      const all = [...held.values()];
      for (const one of all.filter(({ handled }) => handled)) await close(one);
      const open = all.filter(({ handled }) => !handled);
      const due = now() - renewedAt >= leaseMs / RENEWALS || open.some(({ stored }) => !stored);
      if (open.length === 0 || !due) return;
      const at = now();
      await store.keepInputs(
        open.map(({ input, ageMs, since }) => ({ input, ageMs: ageMs + at - since })),
        leaseMs,
      );
      renewedAt = at;
      for (const one of open) one.stored = true;
    },
    async settled() {
      await Promise.all([...held.values()].map((one) => one.work));
    },
    get size() {
      return held.size;
    },
  };
}

export function inputKey({ id, origin }: ChatInput): string {
  return `${origin.platform}:${id}`;
}
