import { type Snapshot, snapshotSchema } from './snapshot.js';

/** What stands beside the data of a snapshot, here and elsewhere: written last, so that without it there is none. */
export function manifestText(snapshot: Snapshot): string {
  return JSON.stringify(snapshotSchema.parse(snapshot), undefined, 2);
}

/** undefined: it is none. */
export function readManifest(text: string): Snapshot | undefined {
  try {
    return snapshotSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
