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
  /** A snapshot was restored into a scratch place and compared, in so long. */
  tried(tookMs: number): string;
  restoreHint(service: string): string;
  /** Of a snapshot: it lies in the bucket alone. */
  elsewhere: string;
  fetchHint(service: string): string;
  /** The bucket did not answer, so that what lies there alone is not listed. */
  bucketUnasked(why: string): string;
  backups(names: number): string;
  /** The newest of a name: `lostMs` of what was written since is in none. */
  backup(name: string, lostMs: number, bytes: number, count: number): string;
  noBackup(name: string): string;
  /** It was restored into a scratch server, in so long. */
  proven(restoreMs: number): string;
  notProven: string;
  notGood(why: string): string;
  /** Some of this name cannot be read any more. */
  damagedOnes(ids: readonly string[]): string;
  jobRuns(job: string, by: string, sinceMs: number): string;
  jobFailed(job: string, why: string, agoMs: number): string;
  nextBackup(inMs: number): string;
  backupsAsked: string;
  backupAct(given: string): string;
}
