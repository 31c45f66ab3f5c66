import { describe, expect, test } from '@jest/globals';
import { catchUpCare } from '../../../../src/engine/actions/catch-up-care.js';
import type { JobState } from '../../../../src/engine/housekeeping/job.js';
import { contextWith } from './context.js';

const NOW = new Date('2026-11-22T04:26:00Z');
const LATER = new Date(+NOW + 1_000);

const ended = (outcome: 'succeeded' | 'failed', at: Date, detail: string): JobState => ({
  name: 'backup_redis',
  cron: '15 4 * * *',
  timeZone: 'UTC',
  nextAt: NOW,
  running: null,
  last: { outcome, at, durationMs: 1, detail },
  lastSuccessAt: null,
  result: null,
});

/** A job that ends in this way as soon as somebody asks for it. */
function careThat(outcome: 'succeeded' | 'failed', detail: string) {
  const hastened: string[] = [];
  let now = ended('failed', NOW, 'no space');
  const care = {
    list: async () => [now],
    hasten: async (names: readonly string[]) => {
      hastened.push(...names);
      now = ended(outcome, LATER, detail);
    },
  };
  return { hastened, context: contextWith({ care, now: () => NOW }) };
}

describe('catch_up_care', () => {
  test('hastens what is overdue and tells how it ended', async () => {
    const { hastened, context } = careThat('succeeded', '1 backup: 12 keys');
    const before = await catchUpCare.look?.({}, context);
    expect(await catchUpCare.run({}, context, before ?? {})).toEqual({ summary: 'backup_redis: 1 backup: 12 keys' });
    expect(hastened).toEqual(['backup_redis']);
    expect(await catchUpCare.probe?.({}, before ?? {}, context)).toMatchObject({ outcome: 'done' });
  });

  test('fails with the words of what failed', async () => {
    const { context } = careThat('failed', 'no space left.');
    await expect(catchUpCare.run({}, context, {})).rejects.toThrow(
      'backup_redis: no space left. What was kept before is untouched',
    );
  });

  test('is not done while nobody has run what was overdue', async () => {
    const { context } = careThat('succeeded', '');
    const before = await catchUpCare.look?.({}, context);
    expect(await catchUpCare.probe?.({}, before ?? {}, context)).toMatchObject({ outcome: 'not_done' });
  });
});
