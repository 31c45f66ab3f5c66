import { describe, expect, test } from '@jest/globals';
import type { JobState } from '../../../../src/engine/housekeeping/job.js';
import { missed } from '../../../../src/engine/housekeeping/missed.js';

const NOW = new Date('2026-11-22T04:26:00Z');
const HOUR_MS = 3_600_000;

const job = (name: string, ageHours: number | null, outcome: 'succeeded' | 'failed' = 'succeeded'): JobState => ({
  name,
  cron: '0 4 * * *',
  timeZone: 'UTC',
  nextAt: NOW,
  running: null,
  last: { outcome, at: NOW, durationMs: 1, detail: '' },
  lastSuccessAt: ageHours === null ? null : new Date(+NOW - ageHours * HOUR_MS),
  result: null,
});
const names = (...jobs: JobState[]) => missed(jobs, NOW).map(({ name }) => name);

describe('what is overdue', () => {
  test('is a backup that is older than its rule allows, or was never made', () => {
    expect(names(job('backup_postgres', 25), job('backup_redis', 27), job('backup_knowledge', null))).toEqual([
      'backup_redis',
      'backup_knowledge',
    ]);
    expect(names(job('backup_knowledge', 7 * 24), job('backup_postgres', 26.5))).toEqual(['backup_postgres']);
  });

  test('is a proof or a copy of hourly snapshots after six hours', () => {
    expect(names(job('backup_volumes_verify', 5), job('backup_volumes_upload', 7))).toEqual(['backup_volumes_upload']);
  });

  test('is a job whose last turn failed, whichever it is', () => {
    expect(names(job('backup_verify', 1, 'failed'), job('retention', 900))).toEqual(['backup_verify']);
  });

  test('is always the look at the partitions, which costs nothing where all is well', () => {
    expect(names(job('partitions_check', 1))).toEqual(['partitions_check']);
  });
});
