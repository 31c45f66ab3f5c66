import type { PlatformMemory } from '../../../src/bot/port.js';

/** What a platform remembers, kept over restarts of it within a test; `away`: as when the database is gone. */
export interface TestMemory extends PlatformMemory {
  values: Map<string, string>;
  away: boolean;
}

export function createTestMemory(): TestMemory {
  const values = new Map<string, string>();
  const check = () => {
    if (memory.away) throw new Error('the database is away');
  };
  const memory: TestMemory = {
    values,
    away: false,
    async recall(key) {
      check();
      return values.get(key);
    },
    async remember(key, value) {
      check();
      values.set(key, value);
    },
  };
  return memory;
}
