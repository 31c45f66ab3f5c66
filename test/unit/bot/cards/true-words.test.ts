import { describe, expect, test } from '@jest/globals';
import { historyCard } from '../../../../src/bot/cards/notice-card.js';
import { recoveryCard } from '../../../../src/bot/cards/recovery-card.js';
import { serviceLine, statusCard } from '../../../../src/bot/cards/status-card.js';
import { oneLine } from '../../../../src/bot/cards/words.js';
import { threadLines } from '../../../../src/bot/live/thread-lines.js';
import type { Status } from '../../../../src/engine/engine.js';
import { ago, NOW, recoveryView, step } from '../../../support/recovery-view.js';

type Health = Status['services'][string];

describe('a line of status', () => {
  const line = (over: Partial<Health>) =>
    serviceLine(
      {
        service: 'web',
        status: 'healthy',
        since: ago(11_000),
        detail: 'HTTP 503',
        consecutiveFailures: 0,
        recovery: 'IDLE',
        recoveryId: null,
        ...over,
      },
      NOW,
    );

  test.each<[string, Partial<Health>, string]>([
    ['is well', { detail: 'HTTP 200' }, 'web: healthy for 11 s · HTTP 200'],
    ['begins to fail', { consecutiveFailures: 2 }, 'web: the last check failed: HTTP 503 · healthy for 11 s until now'],
    ['is ill', { status: 'unhealthy', consecutiveFailures: 20 }, 'web: unhealthy for 11 s · HTTP 503'],
    ['is not checked', { status: 'unknown', detail: 'it has no health check' }, 'web: it has no health check'],
  ])('of a service that %s', (_, over, text) => expect(line(over)).toBe(text));
});

test('a cancelled recovery with an unknown step does not claim that nothing was done', () => {
  const view = recoveryView({
    steps: [step(0, { state: 'unknown', attempts: 1 }), step(1)],
    recovery: { state: 'CANCELLED', endedAt: NOW, outcome: { code: 'cancelled', message: 'cancelled by Ann' } },
  });
  expect(recoveryCard(view).lines).toEqual([
    'It is not known whether step 1 took effect: look before you go on. Step 2 has not started.',
  ]);
});

test.each([
  ['approval_expired', 'expired'],
  ['rejected', 'rejected'],
  ['cancelled', 'cancelled'],
])('the history calls %s what the card calls it', (code, word) => {
  const view = recoveryView({ recovery: { state: 'CANCELLED', endedAt: NOW, outcome: { code, message: '' } } });
  expect(historyCard([view]).lines[0]).toContain(` · ${word} in `);
});

test('the thread says why somebody decided so', () => {
  const event = {
    id: 1,
    recoveryId: 1,
    kind: 'approval.decided',
    actor: 'Lee',
    at: NOW,
    data: { verdict: 'reject', state: 'rejected', reason: 'not at night' },
  };
  expect(threadLines([event])).toEqual(['Rejected by Lee: “not at night”']);
});

test.each([
  ['tags and soft hyphens', 'a\u{E0041}\u00ADb', 'a b'],
  ['Arabic letter marks', 'x\u061Cy', 'x y'],
  ['blanks that push text to the place of a row', `a${'\u00A0\u2003'.repeat(20)}b`, 'a b'],
])('%s cannot imitate a field', (_, text, shown) => expect(oneLine(text)).toBe(shown));

test('while the database is away, status claims no numbers', () => {
  const nothing = { activeRecoveries: 0, queuedRecoveries: 0, awaitingPeople: 0, unknownOutcomes: 0 };
  const { title, lines, buttons } = statusCard(
    { ...nothing, services: {}, recent: [], workers: [], redis: 'ok', postgres: 'down' },
    NOW,
  );
  expect([title, ...lines].join(' ')).not.toMatch(/\d|No worker/);
  expect(title).toContain('it is not known what runs');
  expect(buttons).toEqual([]);
});
