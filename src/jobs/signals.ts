import { CONSUMER, connectRedis, PRODUCER, type RedisClient, type RedisLink } from './redis-link.js';

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

export function createSignals(options: { url: string; prefix: string; link: RedisLink }): Signals {
  const { url, prefix, link } = options;
  const channel = `${prefix}:signals`;
  const out = connectRedis(url, PRODUCER, link);
  let incoming: RedisClient | undefined;
  const changedListeners: ((id: number) => void)[] = [];
  const cancelListeners: ((id: number, by: string) => void)[] = [];
  const breakerListeners: ((service: string) => void)[] = [];
  const gathered = new Set<number>();
  let timer: NodeJS.Timeout | undefined;

  const send = (message: object): void => {
    if (link.state() === 'ok') out.publish(channel, JSON.stringify(message)).catch(() => undefined);
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
    incoming.on('message', (_channel, text) => deliver(parsed(text)));
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
