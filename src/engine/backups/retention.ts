import type { BackupRecord } from '../actions/action.js';

export interface BackupRetention {
  /** The newest so many, whatever their age. */
  full: number;
  /** Of each of so many days the newest one. */
  daily: number;
}

/** Source: the disaster recovery document, which asks for at least 7 full copies and 30 daily ones. */
export const RETENTION: BackupRetention = { full: 7, daily: 30 };

const DAY_MS = 86_400_000;

/**
 * Which of a name's backups go. One that could not be restored takes no place of a good one, and the newest that was
 * proven stays however old it is. Days are those of UTC.
 */
export function toForget<One extends Pick<BackupRecord, 'createdAt' | 'proof'>>(
  records: readonly One[],
  now: Date,
  { full, daily }: BackupRetention = RETENTION,
): One[] {
  const newestFirst = [...records].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  const good = newestFirst.filter(({ proof }) => proof?.outcome !== 'failed');
  const proven = newestFirst.find(({ proof }) => proof?.outcome === 'restored');
  const ofDays = new Map<string, One>();
  for (const record of good) {
    const day = record.createdAt.toISOString().slice(0, 10);
    if (now.getTime() - record.createdAt.getTime() < daily * DAY_MS && !ofDays.has(day)) ofDays.set(day, record);
  }
  const kept = new Set([...good.slice(0, full), ...ofDays.values(), ...(proven ? [proven] : [])]);
  // What failed its proof is evidence for as long as there is nothing newer that is good.
  const newestGood = good[0]?.createdAt.getTime() ?? 0;
  return newestFirst.filter(
    (record) => !kept.has(record) && (record.proof?.outcome !== 'failed' || record.createdAt.getTime() < newestGood),
  );
}
