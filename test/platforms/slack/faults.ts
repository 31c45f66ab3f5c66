/** What can be wrong with Slack, at will. `*` means every method. */
export interface Faults {
  /** Calls of this method are not answered until it is over. */
  stall(method: string): { over(): void };
  /** The next calls are answered with an HTTP status, or with an error of Slack. */
  failNext(method: string, times: number, how: number | string): void;
  /** The next calls are carried out, and their answer is lost. */
  dropReplies(method: string, times: number): void;
  /** Nothing is accepted, and all sockets are closed, until it is over. */
  outage(): { over(): void };
}

/** The server's side of it. */
export interface FaultyCalls extends Faults {
  down(): boolean;
  /** Resolves when the method is no longer stalled. */
  passes(method: string): Promise<void>;
  failure(method: string): number | string | undefined;
  dropsReply(method: string): boolean;
}

export function createFaults(onOutage: () => void): FaultyCalls {
  const stalls = new Map<string, Promise<void>>();
  const failures: { method: string; times: number; how: number | string }[] = [];
  const drops: { method: string; times: number }[] = [];
  let outages = 0;

  const next = <T extends { method: string; times: number }>(list: T[], method: string): T | undefined => {
    const found = list.find((each) => each.times > 0 && (each.method === method || each.method === '*'));
    if (found) found.times -= 1;
    return found;
  };

  return {
    stall(method) {
      let release = (): void => {};
      const stalled = new Promise<void>((resolve) => {
        release = resolve;
      });
      stalls.set(method, stalled);
      return {
        over() {
          stalls.delete(method);
          release();
        },
      };
    },
    failNext: (method, times, how) => void failures.push({ method, times, how }),
    dropReplies: (method, times) => void drops.push({ method, times }),
    outage() {
      outages += 1;
      onOutage();
      return {
        over() {
          outages -= 1;
        },
      };
    },
    down: () => outages > 0,
    passes: async (method) => {
      await Promise.all([stalls.get(method), stalls.get('*')]);
    },
    failure: (method) => next(failures, method)?.how,
    dropsReply: (method) => next(drops, method) !== undefined,
  };
}
