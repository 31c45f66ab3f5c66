/** A map of at most `most` entries: what was used longest ago is forgotten. Entries may have an end. */
export interface Kept<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value, forMs?: number): void;
  delete(key: string): void;
}

export function createKept<Value>(most: number, now: () => number = () => performance.now()): Kept<Value> {
  const entries = new Map<string, { value: Value; until: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      entries.delete(key);
      if (entry.until <= now()) return undefined;
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value, forMs = Number.POSITIVE_INFINITY) {
      entries.delete(key);
      entries.set(key, { value, until: now() + forMs });
      if (entries.size > most) entries.delete(entries.keys().next().value ?? '');
    },
    delete: (key) => void entries.delete(key),
  };
}
