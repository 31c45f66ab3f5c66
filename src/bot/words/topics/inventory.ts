/** What is there to work with: workers, and states that were kept. */
export interface InventoryWords {
  workers(alive: number): string;
  noWorkers: string;
  /** One worker: on which host, for which pools, how many recoveries it drives, when it was last heard. */
  worker(
    host: string,
    pid: number,
    pools: readonly string[],
    running: number,
    version: string,
    heardMs: number,
  ): string;
  /** Pools that the configuration has and no live worker serves. */
  unserved(pools: readonly string[]): string;
  snapshots(service: string, count: number): string;
  noSnapshots(service: string): string;
  snapshot(id: string, agoMs: number, by: string, bytes: number): string;
  damaged(why: string): string;
  restoreHint(service: string): string;
}
