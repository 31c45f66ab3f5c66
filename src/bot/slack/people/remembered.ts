/** Answers that are asked for again only when they are older than one accepts. A failure is not remembered. */
export interface Remembered<T, K = string> {
  get(key: K, maxAgeMs: number): Promise<T>;
  forget(key?: K): void;
}

const MOST = 2_000;

/** Who asks while an answer is under way shares it. */
export function remembered<T, K = string>(
  ask: (key: K) => Promise<T>,
  now: () => number = () => performance.now(),
): Remembered<T, K> {
  const known = new Map<K, { at: number; answer: Promise<T> }>();
  return {
    get(key, maxAgeMs) {
      const before = known.get(key);
      if (before && now() - before.at <= maxAgeMs) return before.answer;
      const fresh = { at: now(), answer: ask(key) };
      if (known.size >= MOST) known.clear();
      known.set(key, fresh);
      fresh.answer.catch(() => {
        if (known.get(key) === fresh) known.delete(key);
      });
      return fresh.answer;
    },
    forget(key) {
      if (key === undefined) known.clear();
      else known.delete(key);
    },
  };
}
