import { describe, expect, test } from '@jest/globals';
import { endingOf, MOST_TRIES } from '../../../../src/engine/housekeeping/ending.js';

const turn = { name: 'backup_postgres', epoch: 3, tries: 1, now: new Date('2026-11-22T04:00:00Z') };
const when = { cron: '0 4 * * *', timeZone: 'UTC', endedAt: new Date('2026-11-22T04:02:00Z'), durationMs: 120_000 };

describe('the end of a turn', () => {
  test('that succeeded waits for the next occasion in the future, however many were missed', () => {
    const ending = endingOf({ outcome: 'succeeded', result: { summary: '3 rows' } }, turn, when);
    expect(ending).toMatchObject({ tries: 0, nextAt: new Date('2026-11-23T04:00:00Z'), detail: '3 rows' });
    expect(ending.events[0]).toMatchObject({ kind: 'housekeeping.succeeded', data: { job: 'backup_postgres' } });
  });

  test('that failed is tried again soon, then later, then waits for the next occasion', () => {
    const failed = (tries: number) => endingOf({ outcome: 'failed', detail: 'no' }, { ...turn, tries }, when);
    expect(failed(1)).toMatchObject({ tries: 1, nextAt: new Date('2026-11-22T04:03:00Z') });
    expect(failed(2)).toMatchObject({ tries: 2, nextAt: new Date('2026-11-22T04:12:00Z') });
    expect(failed(MOST_TRIES)).toMatchObject({ tries: 0, nextAt: new Date('2026-11-23T04:00:00Z') });
    expect(failed(MOST_TRIES).events[0]?.data).toMatchObject({ last_try: true, error: 'no' });
  });

  test('that failed never waits longer for its next try than for its next occasion', () => {
    const often = { ...when, cron: '* * * * *' };
    const ending = endingOf({ outcome: 'failed', detail: 'no' }, { ...turn, tries: 2 }, often);
    expect(ending).toMatchObject({ tries: 0, nextAt: new Date('2026-11-22T04:03:00Z') });
  });

  test('that was interrupted leaves it due, and does not count as a try', () => {
    const ending = endingOf({ outcome: 'interrupted', detail: 'told to end' }, { ...turn, tries: 2 }, when);
    expect(ending).toMatchObject({ tries: 1, events: [] });
    expect(ending.nextAt).toBeUndefined();
  });
});
