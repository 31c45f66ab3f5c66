import { describe, expect, test } from '@jest/globals';
import { placesOf } from '../../../../src/bot/live/audience.js';
import { notes } from '../../../../src/bot/live/notes.js';
import { refreshMs, urgency } from '../../../../src/bot/live/pace.js';
import { threadLine } from '../../../../src/bot/live/thread-lines.js';
import { wordsOf } from '../../../../src/bot/words/languages.js';
import type { RecoveryState } from '../../../../src/engine/model/recovery.js';
import type { StoredEvent } from '../../../../src/engine/ports.js';
import { ago, approval, plan, recoveryView } from '../../../support/recovery-view.js';

const EN = wordsOf('en');
const INCIDENTS = { console: 'incidents', slack: 'C0', telegram: undefined };
const from = (platform: string, channel?: string) => ({ platform, ...(channel === undefined ? {} : { channel }) });
const places = (parts: Parameters<typeof recoveryView>[0]) =>
  placesOf(recoveryView(parts), INCIDENTS).map(({ platform, channel }) => `${platform}/${channel}`);

describe('where a recovery is seen', () => {
  test('where it was asked for', () =>
    expect(places({ recovery: { origin: from('slack', 'C7') } })).toEqual(['slack/C7']));
  test('also where it was asked on a platform without an incidents channel', () =>
    expect(places({ recovery: { origin: from('telegram', '-5') } })).toEqual(['telegram/-5']));
  test.each(['AWAITING_APPROVAL', 'AWAITING_MANUAL', 'FAILED', 'ROLLED_BACK'] as const)(
    '%s: on every other platform, too',
    (state) =>
      expect(places({ recovery: { state, origin: from('slack', 'C7') } })).toEqual(['slack/C7', 'console/incidents']),
  );
  test('a high risk: on every other platform, too', () =>
    expect(places({ recovery: { plan: plan({ risk: 0.7 }), origin: from('slack', 'C7') } })).toHaveLength(2));
  test.each(['api', '__proto__', 'constructor'])('asked by %s: in every incidents channel', (platform) =>
    expect(places({ recovery: { origin: from(platform, 'x') } })).toEqual(['console/incidents', 'slack/C0']),
  );
});

describe('how fast it follows', () => {
  test('people first, then ends, then progress', () => {
    const states = ['AWAITING_APPROVAL', 'SUCCEEDED', 'IN_PROGRESS'] as const;
    expect(states.map((state) => urgency(recoveryView({ recovery: { state } })))).toEqual([0, 1, 2]);
  });
  test('an end is drawn once; running shows seconds, waiting minutes, and half time is met', () => {
    expect(refreshMs(recoveryView({ recovery: { state: 'FAILED' } }))).toBeNull();
    expect(refreshMs(recoveryView())).toBe(5_000);
    const waiting = (open: Parameters<typeof approval>[0]) =>
      refreshMs(recoveryView({ recovery: { state: 'AWAITING_APPROVAL' }, approvals: [approval(open)] }));
    expect(waiting({})).toBe(60_000);
    expect(waiting({ createdAt: ago(90_000), expiresAt: ago(-110_000) })).toBe(10_010);
    expect(waiting({ createdAt: ago(100_000), expiresAt: ago(-50_000) })).toBe(60_000);
  });
  test('one that was rolled back calls whoever asked, at the end of its thread; other ends call nobody here', () => {
    const called = (state: RecoveryState) =>
      notes(recoveryView({ recovery: { state, requestedBy: 'Ann', endedAt: ago(0) } }), EN).map(({ mention, last }) => [
        mention?.asker,
        last,
      ]);
    expect(called('ROLLED_BACK')).toEqual([['Ann', true]]);
    for (const state of ['SUCCEEDED', 'FAILED', 'CANCELLED'] as const)
      expect(called(state)).toEqual([[undefined, true]]);
  });
  test('a question has one mark before half time and another one after it', () => {
    const mark = (createdAgo: number) =>
      notes(
        recoveryView({
          recovery: { state: 'AWAITING_APPROVAL' },
          approvals: [approval({ createdAt: ago(createdAgo), expiresAt: ago(-100_000) })],
        }),
        EN,
      )[0]?.mark;
    expect([mark(1_000), mark(99_000), mark(100_000), mark(500_000)]).toEqual([
      'ping:q1:1',
      'ping:q1:1',
      'ping:q1:2',
      'ping:q1:2',
    ]);
  });
});

describe('lines of the thread', () => {
  const line = (kind: string, data: StoredEvent['data'] = {}, actor = 'reviver') =>
    threadLine({ id: 1, at: ago(0), recoveryId: 1, kind, actor, data }, EN);

  test.each([
    ['step.started', { step: 2, name: 'Start redis', attempt: 1 }, 'Step 3 "Start redis" started'],
    ['step.started', { step: 2, name: 'Start redis', attempt: 2 }, 'Step 3 "Start redis" started, attempt 2'],
    [
      'step.succeeded',
      { step: 1, name: 'Restore', duration_ms: 4_900, summary: '1,204 keys' },
      'Step 2 "Restore" done in 4.9 s · 1,204 keys',
    ],
    ['step.succeeded', { step: 4, name: 'Undo: Restore', duration_ms: 100 }, 'Undo: Restore done in 0.1 s'],
    [
      'step.retry',
      { step: 0, name: 'Stop', error: 'refused', delay_ms: 2_000 },
      'Step 1 "Stop" failed: refused; tried again in 2 s',
    ],
    [
      'step.unknown',
      { step: 0, name: 'Stop', evidence: 'no trace' },
      'Step 1 "Stop": outcome unknown. Looked at: no trace',
    ],
    ['step.log', { message: 'pid 4711\nis gone' }, 'Log: “pid 4711 is gone”'],
    ['recovery.created', {}, undefined],
    ['no.such.kind', {}, undefined],
    ['constructor', {}, undefined],
  ])('%s %j', (kind, data, expected) => expect(line(kind, data)).toBe(expected));

  test('decisions name who decided', () => {
    expect(line('approval.decided', { verdict: 'approve', state: 'approved' }, 'Lee')).toBe('Approved by Lee');
    expect(line('approval.decided', { verdict: 'approve', state: 'pending' }, 'Lee')).toBe(
      'Approved by Lee; more approvals are needed',
    );
    expect(line('approval.decided', { verdict: 'reject', state: 'rejected' }, 'Max')).toBe('Rejected by Max');
  });
});
