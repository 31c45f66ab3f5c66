/** Wakes one loop: at once by `ring`, later by `ringIn`, or when its wait is over. */
export interface Bell {
  ring(): void;
  ringIn(ms: number): void;
  /**
   * Resolves at the next ring, at the latest after `ms`, or when `signal` aborts. A ring before the wait is not lost;
   * many rings in a short time are answered once.
   */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** Milliseconds between two answers at least, so that a stream of changes does not become a stream of queries. */
const MIN_GAP_MS = 50;

export function createBell(now: () => number = () => performance.now()): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  let alarms: number[] = [];
  let answered = Number.NEGATIVE_INFINITY;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    ringIn(ms) {
      alarms.push(now() + ms);
    },
    async wait(ms, signal) {
      const until = Math.min(now() + ms, ...alarms);
      if (!rung) {
        const ring = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await rest(until - now(), signal, ring);
      }
      wake = undefined;
      await rest(answered + MIN_GAP_MS - now(), signal);
      rung = false;
      answered = now();
      alarms = alarms.filter((alarm) => alarm > now());
    },
  };
}

async function rest(ms: number, signal: AbortSignal, sooner: Promise<void> = new Promise(() => {})): Promise<void> {
  if (ms <= 0 || signal.aborted) return;
  let timer: NodeJS.Timeout | undefined;
  let stop: (() => void) | undefined;
  try {
    const over = new Promise<void>((resolve) => {
      stop = () => resolve();
      timer = setTimeout(stop, ms);
      signal.addEventListener('abort', stop, { once: true });
    });
    await Promise.race([over, sooner]);
  } finally {
    clearTimeout(timer);
    if (stop) signal.removeEventListener('abort', stop);
  }
}
