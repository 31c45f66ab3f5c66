import { CONSUMER, connectRedis, PRODUCER, type RedisClient } from './redis-link.js';
import type { SharedRedis } from './shared-redis.js';

/** What processes tell each other at once; each of these is also found by a poll when Redis is away. */
export interface Signals {
  changed(recoveryId: number): void;
  cancel(recoveryId: number, by: string): void;
  /** The circuit breaker of a service changed its state. */
  breaker(service: string): void;
  onChanged(listener: (recoveryId: number) => void): void;
  onCancel(listener: (recoveryId: number, by: string) => void): void;
  onBreaker(listener: (service: string) => void): void;
  close(): Promise<void>;
}

/** Changes of one moment travel together. */
const GATHER_MS = 15;
const SIGNALS = 'signals';

/**
 * A signal carries the proof that it is ours: a cancel is obeyed before Postgres is asked, since that may be away. What is
 * not ours is not heard.
 */
export function createSignals(options: Omit<SharedRedis, 'log'>): Signals {
  const { url, prefix, link, seal, forged } = options;
  const channel = `${prefix}:${SIGNALS}`;
  const out = connectRedis(url, PRODUCER, link);
  let incoming: RedisClient | undefined;
  const changedListeners: ((id: number) => void)[] = [];
  const cancelListeners: ((id: number, by: string) => void)[] = [];
  const breakerListeners: ((service: string) => void)[] = [];
  const gathered = new Set<number>();
  let timer: NodeJS.Timeout | undefined;

  const send = (message: object): void => {
    if (link.state() !== 'ok') return;
    const text = JSON.stringify(message);
    out.publish(channel, `${seal.proof(SIGNALS, text)} ${text}`).catch(() => undefined);
  };
  const hear = (received: string): void => {
    const [proof = ''] = received.split(' ', 1);
    const text = received.slice(proof.length + 1);
    if (seal.holds(proof, SIGNALS, text)) deliver(parsed(text));
    else forged({ where: SIGNALS });
  };
  const deliver = (message: unknown): void => {
    if (typeof message !== 'object' || message === null) return;
    if ('changed' in message && Array.isArray(message.changed)) {
      for (const id of message.changed) if (Number.isInteger(id)) for (const listener of changedListeners) listener(id);
    }
    if (
      'cancel' in message &&
      typeof message.cancel === 'number' &&
      'by' in message &&
      typeof message.by === 'string'
    ) {
      for (const listener of cancelListeners) listener(message.cancel, message.by);
    }
    if ('breaker' in message && typeof message.breaker === 'string')
      for (const listener of breakerListeners) listener(message.breaker);
  };
  const listen = (): void => {
    if (incoming) return;
    incoming = connectRedis(url, CONSUMER, link);
    incoming.subscribe(channel).catch(() => undefined);
    incoming.on('message', (_channel, received) => hear(received));
  };
  const flush = (): void => {
    timer = undefined;
    const changed = [...gathered];
    gathered.clear();
    // This process hears it in any case; it must not depend on Redis for its own news.
    if (link.state() !== 'ok' || !incoming) deliver({ changed });
    send({ changed });
  };

  return {
    changed(id) {
      gathered.add(id);
      timer ??= setTimeout(flush, GATHER_MS);
    },
    cancel(id, by) {
      deliver({ cancel: id, by });
      send({ cancel: id, by });
    },
    breaker(service) {
      deliver({ breaker: service });
      send({ breaker: service });
    },
    onChanged(listener) {
      changedListeners.push(listener);
      listen();
    },
    onCancel(listener) {
      cancelListeners.push(listener);
      listen();
    },
    onBreaker(listener) {
      breakerListeners.push(listener);
      listen();
    },
    async close() {
      clearTimeout(timer);
      incoming?.disconnect();
      out.disconnect();
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
