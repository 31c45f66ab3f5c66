import type { PlatformMemory } from '../port.js';

/** A memory that answers in time or not at all: a database that hangs must not keep Telegram waiting. */
export function promptMemory(memory: PlatformMemory, withinMs: number): PlatformMemory {
  return {
    recall: (key) => within(memory.recall(key), withinMs),
    remember: (key, value) => within(memory.remember(key, value), withinMs),
  };
}

async function within<Value>(work: Promise<Value>, ms: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the database did not answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
