import { describe, expect, test } from '@jest/globals';
import { factsOf } from '../../../../src/bot/admission.js';
import { detailsCard } from '../../../../src/bot/cards/details-card.js';
import { historyCard } from '../../../../src/bot/cards/history-card.js';
import { recoveryCard } from '../../../../src/bot/cards/recovery-card.js';
import { serviceLine, statusCard } from '../../../../src/bot/cards/status-card.js';
import { oneLine } from '../../../../src/bot/cards/words.js';
import { threadLine } from '../../../../src/bot/live/thread-lines.js';
import { wordsOf } from '../../../../src/bot/words/languages.js';
import type { Status } from '../../../../src/engine/engine.js';
import { toEnded } from '../../../support/memory-feedback.js';
import { ago, NOW, recoveryView, step } from '../../../support/recovery-view.js';

const EN = wordsOf('en');

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
      EN,
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
  expect(recoveryCard(view, EN).lines).toEqual([
    'It is not known whether step 1 took effect: look before you go on. Step 2 has not started.',
  ]);
});

test.each([
  ['approval_expired', 'expired'],
  ['rejected', 'rejected'],
  ['cancelled', 'cancelled'],
])('the history calls %s what the card calls it', (code, word) => {
  const view = recoveryView({ recovery: { state: 'CANCELLED', endedAt: NOW, outcome: { code, message: '' } } });
  const page = { items: [{ ...toEnded(view), activeMs: 1 }], records: [] };
  expect(historyCard(page, NOW, EN).lines[0]).toContain(` · ${word} in `);
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
  expect(threadLine(event, EN)).toBe('Rejected by Lee: “not at night”');
});

test.each([
  ['tags and soft hyphens', 'a\u{E0041}\u00ADb', 'a b'],
  ['Arabic letter marks', 'x\u061Cy', 'x y'],
  ['blanks that push text to the place of a row', `a${'\u00A0\u2003'.repeat(20)}b`, 'a b'],
])('%s cannot imitate a field', (_, text, shown) => expect(oneLine(text)).toBe(shown));

test('while the database is away, status claims no numbers', () => {
  const nothing = { activeRecoveries: 0, queuedRecoveries: 0, awaitingPeople: 0, unknownOutcomes: 0 };
  const { title, lines, buttons } = statusCard(
    { ...nothing, services: {}, breakers: {}, recent: [], workers: [], pools: [], redis: 'ok', postgres: 'down' },
    NOW,
    EN,
  );
  expect([title, ...lines].join(' ')).not.toMatch(/\d|No worker/);
  expect(title).toContain('it is not known what runs');
  expect(buttons).toEqual([]);
});

test('what programs wrote carries no secret into a card or a thread', () => {
  const message = 'connect redis://:hunter2@h:6379 failed, Authorization: Bearer hunter2';
  const failed = step(0, { state: 'failed', attempts: 1, error: { code: 'x', message } });
  const view = recoveryView({
    steps: [failed, step(1, { state: 'succeeded', result: { summary: 'password=hunter2' } })],
    recovery: { state: 'AWAITING_MANUAL', outcome: { code: 'manual', message } },
  });
  const event = { id: 1, recoveryId: 1, kind: 'step.log', actor: 'reviver', at: NOW, data: { message } };
  const shown = JSON.stringify([recoveryCard(view, EN), detailsCard(view, EN), threadLine(event, EN)]);
  expect(shown).not.toContain('hunter2');
  expect(shown).toContain('redis://:•••@h:6379');
});

test('the audit of a refusal carries no secret', () => {
  const origin = { platform: 'console', channel: 'ops' };
  expect(factsOf({ id: '1', origin, user: 'mallory', text: 'token=hunter2abc redis' }).command).toBe('token=•••');
});
