export interface Soon {
  /** It is to be done; however often this is said, it is done once. */
  ring(): void;
  close(): void;
}

/** Does something some time after it was first asked for. Failures are left to the next time. */
export function createSoon(delayMs: number, work: () => Promise<void>): Soon {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    ring() {
      timer ??= setTimeout(() => {
        timer = undefined;
        work().catch(() => undefined);
      }, delayMs);
    },
    close: () => clearTimeout(timer),
  };
}
