import { z } from 'zod';
import type { BackupProof } from '../backups/proof.js';
import { tallySchema } from './tally.js';

/** Kinds of state that a snapshot may hold, each captured and brought back in its own way. */
export const SNAPSHOT_PARTS = ['runtime', 'redis', 'postgres', 'terraform'] as const;
export type SnapshotPart = (typeof SNAPSHOT_PARTS)[number];

/** A state of a service that was kept, as its manifest says. */
export const snapshotSchema = z.object({
  id: z.string(),
  service: z.string(),
  runtime: z.string(),
  /** What took it: `R-12/3`, or a person. The same taker is given the same snapshot. */
  by: z.string(),
  createdAt: z.coerce.date(),
  /** What can be brought back from it. Older ones say nothing: theirs is the runtime's. */
  parts: z.array(z.enum(SNAPSHOT_PARTS)).default(['runtime']),
  /** For people, one line each: `volume data, 12.4 MB`. */
  contents: z.array(z.string()),
  facts: z.record(z.string(), z.json()),
  /** Counted of what was captured, before it was packed. Older ones have none. */
  tally: tallySchema.optional(),
  /** Of the encrypted file. */
  sha256: z.string(),
  bytes: z.number(),
});

export type Snapshot = z.output<typeof snapshotSchema>;

/**
 * As it lies now. `damaged`: why it cannot be used, for people. `proof`: what came of its restore, where one was tried.
 * `elsewhere`: in the bucket alone, from where it is fetched before it can be used.
 */
export type KeptSnapshot = Snapshot & { damaged?: string; proof?: BackupProof; elsewhere?: true };

/** All that are known of a service, the newest first. `unasked`: why the bucket could not be asked, for people. */
export interface KnownSnapshots {
  items: KeptSnapshot[];
  unasked?: string;
}

/** What was put into the folder. */
export interface Captured {
  contents: string[];
  facts: Snapshot['facts'];
}

/** All of it. */
export interface Content extends Captured {
  parts: SnapshotPart[];
}

export interface SnapshotCatalog {
  /**
   * Gives `capture` an empty private folder, and keeps what it puts there: encrypted, with checksum, published at once
   * or not at all. What `by` has taken before is given back instead.
   */
  take(
    of: Pick<Snapshot, 'service' | 'runtime' | 'by' | 'createdAt'>,
    capture: (folder: string) => Promise<Content>,
    signal: AbortSignal,
  ): Promise<Snapshot>;
  /** Newest first. Of this disk: what restores can use. */
  list(service: string): Promise<KeptSnapshot[]>;
  /** Complete ones in the bucket, those from here among them. Absent: there is no bucket. */
  copies?(service: string, signal: AbortSignal): Promise<Snapshot[]>;
  /**
   * Gives `use` the folder as it was captured; gone afterwards. A damaged one throws an `ActionError` before anything is
   * touched. `id` absent: the newest.
   */
  open<T>(
    service: string,
    id: string | undefined,
    use: (folder: string, snapshot: Snapshot) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>;
  /** Removes what is older than the retention, always keeping the newest few; gives how many went. */
  prune(service: string, now: Date): Promise<number>;
}

/** The snapshots of one place, with what care for them needs. */
export interface SnapshotStore extends SnapshotCatalog {
  /** Keeps what came of a restore that was tried. One that failed is damaged from then on. */
  prove(one: Snapshot, proof: BackupProof): Promise<void>;
  /** Its encrypted data. */
  data(one: Snapshot): AsyncIterable<Buffer>;
  /** Takes one back that was kept elsewhere. Data that are not its own throw an `ActionError`, and it does not exist. */
  receive(one: Snapshot, data: AsyncIterable<Buffer>, signal: AbortSignal): Promise<void>;
  /** Removes what processes that died have left of a service's snapshots. Names of files that went. */
  sweep(service: string): Promise<string[]>;
}

export interface Retention {
  days: number;
  /** Never fewer than these are kept, however old. */
  atLeast: number;
  /** Never more than these, however young. */
  atMost: number;
}
