import { within } from '../health/within.js';
import { failureInWords } from '../health/words.js';
import type { KnownSnapshots, SnapshotCatalog } from './snapshot.js';

/** Somebody waits for the list. */
const PATIENCE_MS = 5_000;

/** Those of this disk, and those that lie in the bucket alone: after a lost disk these are all that there is. */
export async function knownSnapshots(
  service: string,
  catalog: Pick<SnapshotCatalog, 'list' | 'copies'>,
): Promise<KnownSnapshots> {
  const here = await catalog.list(service);
  try {
    const there = (await within(PATIENCE_MS, undefined, async (signal) => catalog.copies?.(service, signal))) ?? [];
    const known = new Set(here.map(({ id }) => id));
    const only = there.filter(({ id }) => !known.has(id)).map((one) => ({ ...one, elsewhere: true as const }));
    return { items: [...here, ...only].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime()) };
  } catch (error) {
    return { items: here, unasked: failureInWords(error) };
  }
}
