import type { Log } from '../engine/ports.js';

/** Whoever opens a thing registers how to close it; closing goes in reverse, and one failure stops no other. */
export interface Closing {
  add(name: string, close: () => Promise<void> | void): void;
  close(): Promise<void>;
}

export function createClosing(log: Log): Closing {
  const open: { name: string; close: () => Promise<void> | void }[] = [];
  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    for (let last = open.pop(); last; last = open.pop()) {
      try {
        await last.close();
      } catch (error) {
        log('warn', 'closing failed', {
          part: last.name,
          error: error instanceof Error ? error.message : String(error),
        });
      }
    }
  };
  return {
    add: (name, close) => void open.push({ name, close }),
    close: () => (closing ??= closeAll()),
  };
}
