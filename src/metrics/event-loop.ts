import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 20;

/** How late this process is with what is due: the 99th percentile since the last look, in seconds. */
export function createEventLoopLag(): { read(): number; close(): void } {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  return {
    read() {
      // The timer that measures is itself due every 20 ms, which is no lag.
      const lagMs = Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS);
      delay.reset();
      return Number.isFinite(lagMs) ? lagMs / 1_000 : 0;
    },
    close: () => void delay.disable(),
  };
}
