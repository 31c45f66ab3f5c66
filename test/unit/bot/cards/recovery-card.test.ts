import { describe, expect, test } from '@jest/globals';
import { detailsCard, whyCard } from '../../../../src/bot/cards/details-card.js';
import { recoveryCard } from '../../../../src/bot/cards/recovery-card.js';
import type { Card } from '../../../../src/bot/port.js';
import { renderCard } from '../../../../src/bot/terminal/render-card.js';
import { wordsOf } from '../../../../src/bot/words/languages.js';
import type { RecoveryView } from '../../../../src/engine/engine.js';
import {
  APPROVED_BY_LEE,
  ago,
  approval,
  done,
  NOW,
  plan,
  recoveryView,
  step,
  undo,
} from '../../../support/recovery-view.js';
import { expectGolden } from '../golden.js';

const failedRestore = step(1, {
  state: 'failed',
  attempts: 3,
  startedAt: ago(9_000),
  endedAt: ago(4_000),
  error: { code: 'action_failed', message: 'the backup is damaged: checksum differs' },
});
const because = 'Step 2 "Restore backup redis_backup of 04:15" failed 3 times: the backup is damaged: checksum differs';

const VIEWS: Record<string, RecoveryView> = {
  'awaiting-approval': recoveryView({
    recovery: { state: 'AWAITING_APPROVAL', reason: 'cache is stale' },
    approvals: [approval()],
    verbs: ['cancel'],
  }),
  'awaiting-second-approval': recoveryView({
    recovery: { state: 'AWAITING_APPROVAL', plan: plan({ risk: 0.8 }) },
    approvals: [
      approval({
        need: 2,
        including: 'lead',
        decisions: [{ principal: 'Max', roles: ['approver'], verdict: 'approve', via: 'slack', at: ago(5_000) }],
      }),
    ],
    mayApprove: ['Lee'],
    verbs: ['cancel'],
  }),
  'awaiting-step-approval': recoveryView({
    recovery: { state: 'AWAITING_APPROVAL', startedAt: ago(5_000) },
    steps: [done(0, 400, 4_000), step(1), step(2), step(3)],
    approvals: [approval({ step: 1, digest: 'ab'.repeat(32) })],
    verbs: ['cancel'],
  }),
  'asked-anew': recoveryView({
    recovery: { id: 42, state: 'AWAITING_APPROVAL', retryOf: 41 },
    approvals: [approval()],
    replaces: {
      recovery: 41,
      why: 'step 2 was "Restore backup redis_backup of 04:15", now it is "Restore backup redis_backup of 05:15"',
    },
    verbs: ['cancel'],
  }),
  'well-again': recoveryView({
    recovery: { state: 'AWAITING_APPROVAL' },
    approvals: [approval()],
    wellSince: ago(20_000),
    verbs: ['cancel'],
  }),
  'awaiting-step-approval-of-a-saved-plan': recoveryView({
    recovery: { state: 'AWAITING_APPROVAL', startedAt: ago(5_000) },
    steps: [done(0, 400, 4_000), step(1), step(2), step(3)],
    approvals: [
      approval({
        step: 1,
        digest: 'ab'.repeat(32),
        detail: {
          lines: [
            '1 to add, 0 to change, 2 to destroy, 1 output to change',
            '- aws_instance.old',
            '-/+ aws_instance.web',
            '~ output.address',
            ...Array.from({ length: 9 }, (_, n) => `+ aws_route.r${n}`),
          ],
          facts: { serial: 3 },
        },
      }),
    ],
    verbs: ['cancel'],
  }),
  queued: recoveryView({ recovery: { state: 'SCHEDULED' }, queuePlace: 2, verbs: ['cancel'] }),
  'next-attempt': recoveryView({
    recovery: { state: 'SCHEDULED', attempts: 1, nextAttemptAt: ago(-30_000) },
    verbs: ['cancel'],
  }),
  running: recoveryView({
    recovery: { state: 'IN_PROGRESS', startedAt: ago(6_100) },
    steps: [
      done(0, 400, 5_700),
      done(1, 4_900, 800, '1,204 keys'),
      step(2, { state: 'running', attempts: 1, startedAt: ago(800) }),
      step(3),
    ],
    approvals: [APPROVED_BY_LEE],
    verbs: ['cancel'],
  }),
  'between-attempts': recoveryView({
    recovery: { state: 'IN_PROGRESS', startedAt: ago(6_100) },
    steps: [
      done(0, 400, 5_700),
      step(1, { attempts: 2, nextAttemptAt: ago(-4_000), error: { code: 'x', message: 'connection refused' } }),
      step(2),
      step(3),
    ],
    verbs: ['cancel'],
  }),
  recovered: recoveryView({
    recovery: {
      state: 'SUCCEEDED',
      createdAt: ago(11_800),
      startedAt: ago(8_200),
      endedAt: ago(0),
      activeMs: 8_200,
      outcome: { code: 'verified', message: '' },
    },
    steps: [
      done(0, 400, 7_000),
      done(1, 4_900, 2_000),
      done(2, 900, 1_000),
      done(3, 100, 0, 'PING answers, 1,204 keys'),
    ],
    approvals: [APPROVED_BY_LEE],
    verbs: ['rollback'],
  }),
  unverified: recoveryView({
    recovery: {
      state: 'SUCCEEDED',
      unverified: true,
      createdAt: ago(1_000),
      startedAt: ago(900),
      endedAt: ago(0),
      activeMs: 900,
    },
    steps: [done(0, 400, 300)],
    verbs: ['rollback'],
  }),
  failed: recoveryView({
    recovery: {
      state: 'FAILED',
      startedAt: ago(31_000),
      endedAt: ago(0),
      outcome: { code: 'step_failed', message: because },
    },
    steps: [done(0, 400, 10_000), failedRestore, step(2), step(3)],
    verbs: ['retry', 'rollback', 'escalate'],
  }),
  'rolling-back': recoveryView({
    recovery: { state: 'ROLLING_BACK', startedAt: ago(31_000), outcome: { code: 'step_failed', message: because } },
    steps: [
      done(0, 400, 10_000),
      failedRestore,
      step(2),
      step(3),
      undo(4, 1, { state: 'succeeded', startedAt: ago(3_000), endedAt: ago(2_000) }),
      undo(5, 0, { state: 'running', attempts: 1, startedAt: ago(700) }),
    ],
  }),
  'rolled-back': recoveryView({
    recovery: {
      state: 'ROLLED_BACK',
      startedAt: ago(31_000),
      endedAt: ago(0),
      outcome: { code: 'step_failed', message: because },
    },
    steps: [done(0, 400, 10_000), failedRestore, step(2), step(3), undo(4, 1, { state: 'succeeded' })],
    verbs: ['retry', 'escalate'],
  }),
  rated: recoveryView({
    recovery: {
      state: 'SUCCEEDED',
      createdAt: ago(11_800),
      startedAt: ago(9_000),
      endedAt: NOW,
      activeMs: 8_200,
      plan: plan({
        evidence: [
          { recovery: 33, service: 'redis', succeeded: true, activeMs: 12_000, at: ago(86_400_000).toISOString() },
          { recovery: 21, service: 'redis', succeeded: false, activeMs: 31_000, at: ago(7 * 86_400_000).toISOString() },
        ],
        alternatives: [{ kind: 'strategy', name: 'restart', reason: '6 of 14' }],
      }),
    },
    steps: [
      done(0, 400, 8_000),
      done(1, 4_900, 3_000),
      done(2, 800, 2_000),
      done(3, 100, 0, 'PING answers, 1,204 keys'),
    ],
    approvals: [APPROVED_BY_LEE],
    feedback: {
      ratings: [
        { person: 'Ann', helped: true, via: 'slack', at: NOW },
        { person: 'Lee', helped: true, via: 'telegram', at: NOW },
        { person: 'Max', helped: false, via: 'console', at: NOW },
      ],
      notes: [{ number: 1, author: 'Ann', text: 'the disk was full, see OPS-12', via: 'slack', at: ago(180_000) }],
    },
    verbs: ['undo'],
  }),
  frozen: recoveryView({
    recovery: {
      state: 'AWAITING_APPROVAL',
      plan: plan({
        risk: 0.7,
        riskReasons: [
          'freeze "Black Friday" until 2026-11-30 08:00 Europe/Berlin',
          'restores data',
          'a, b, c depend on it',
          'never proven',
        ],
      }),
    },
    approvals: [approval({ need: 2, including: 'lead' })],
    verbs: ['cancel'],
  }),
  'replaced-by-a-new-question': recoveryView({
    recovery: {
      state: 'CANCELLED',
      endedAt: NOW,
      outcome: { code: 'plan_changed', message: 'the plan changed: its risk was 0.45, now it is 0.7' },
    },
    successor: 42,
    verbs: [],
  }),
  cancelled: recoveryView({
    recovery: {
      state: 'CANCELLED',
      createdAt: ago(6_100),
      startedAt: ago(6_000),
      endedAt: ago(0),
      outcome: { code: 'cancelled', message: 'cancelled by Lee' },
    },
    steps: [done(0, 400, 5_000), step(1, { state: 'cancelled', attempts: 1 }), step(2), step(3)],
    verbs: ['retry', 'rollback'],
  }),
  expired: recoveryView({
    recovery: {
      state: 'CANCELLED',
      createdAt: ago(900_000),
      endedAt: ago(0),
      outcome: { code: 'approval_expired', message: 'nobody decided in time' },
    },
    approvals: [approval({ state: 'expired' })],
    verbs: ['retry'],
  }),
  rejected: recoveryView({
    recovery: {
      state: 'CANCELLED',
      createdAt: ago(20_000),
      endedAt: ago(0),
      outcome: { code: 'rejected', message: 'rejected by Lee' },
    },
    approvals: [
      approval({
        state: 'rejected',
        decisions: [{ principal: 'Lee', roles: ['approver'], verdict: 'reject', via: 'console', at: ago(0) }],
      }),
    ],
  }),
  'outcome-unknown': recoveryView({
    recovery: {
      id: 52,
      service: 'billing-db',
      state: 'AWAITING_MANUAL',
      startedAt: ago(20_000),
      outcome: { code: 'unknown_outcome', message: 'x' },
    },
    steps: [
      done(0, 400, 10_000),
      done(1, 400, 9_000),
      step(2, {
        name: 'Run migration 0042',
        state: 'unknown',
        attempts: 1,
        startedAt: ago(8_000),
        endedAt: ago(4_000),
        error: {
          code: 'unknown_outcome',
          message: 'schema_migrations has 0041, lock held by no one, table invoices unchanged',
        },
      }),
      step(3),
    ],
    verbs: ['retry', 'mark_done', 'rollback', 'escalate'],
  }),
  'manual-retry': recoveryView({
    recovery: { state: 'AWAITING_MANUAL', startedAt: ago(20_000), outcome: { code: 'manual', message: because } },
    steps: [done(0, 400, 10_000), { ...failedRestore, attempts: 1 }, step(2), step(3)],
    verbs: ['retry', 'rollback', 'escalate'],
  }),
};

const EN = wordsOf('en');
const plain = { colour: false, width: 110 };
const LANGUAGES = ['en', 'ru'] as const;
const NAMED = LANGUAGES.flatMap((language) =>
  Object.entries(VIEWS).map(([name, view]) => [name, language, view] as const),
);

describe('the live card of a recovery', () => {
  test.each(NAMED)('%s reads in %s as in its golden file', (name, language, view) => {
    expectGolden(`recovery-${name}.${language}`, renderCard(recoveryCard(view, wordsOf(language)), plain));
  });

  test.each(LANGUAGES)('in %s says when nobody works for the next step, and how to start a worker', (language) => {
    const view = recoveryView({
      recovery: { state: 'IN_PROGRESS', startedAt: ago(70_000) },
      steps: [done(0, 400, 69_000), step(1), step(2), step(3)],
      verbs: ['cancel'],
    });
    expectGolden(
      `recovery-no-worker.${language}`,
      renderCard(recoveryCard(view, wordsOf(language), 'db-hosts'), plain),
    );
    expect(detailsCard(view, wordsOf(language), 'db-hosts').lines[0]).toContain('`reviver worker --pool db-hosts`');
  });

  test('every button is a command that people can type', () => {
    const card = recoveryCard(VIEWS['awaiting-approval'] ?? recoveryView(), EN);
    expect(card.buttons.map(({ label, command }) => `${label}: ${command}`)).toEqual([
      'Approve: approve R-41 7f3a91c2',
      'Reject: reject R-41 7f3a91c2',
      'Details: status R-41',
      'Cancel: cancel R-41',
    ]);
  });

  test('a high risk asks once more before Approve, naming the target, the plan, the risk and who depends on it', () => {
    const [approve] = recoveryCard(VIEWS['awaiting-second-approval'] ?? recoveryView(), EN).buttons;
    expect(approve?.confirm).toBe(
      'Approve plan 7f3a·91c2 for redis? Risk 0.8 (high): restores data, shop-web depends on it.',
    );
  });

  test('what may not be needed any more asks once more before Approve, and offers Cancel first', () => {
    const [cancel, approve] = recoveryCard(VIEWS['well-again'] ?? recoveryView(), EN).buttons;
    expect(cancel).toMatchObject({ label: 'Cancel', style: 'primary' });
    expect(approve).toMatchObject({
      label: 'Approve',
      confirm: expect.stringMatching(
        /^redis has been well for 20 s, without this\. .* Approve plan 7f3a·91c2 for redis\?/,
      ),
    });
    expect(approve?.style).toBeUndefined();
  });

  test('what people wrote can forge no line of a card', () => {
    const view = recoveryView({
      recovery: { state: 'AWAITING_APPROVAL', reason: 'calm\nplan 0000·0000 · expires in 9 h\u202Eevil' },
      approvals: [approval()],
    });
    const card = recoveryCard(view, EN);
    for (const line of [card.title, ...card.lines, ...(card.footer ?? [])]) expect(line).not.toMatch(/[\n\u202E]/);
  });

  test.each(LANGUAGES)('details and why are golden in %s, too', (language) => {
    const words = wordsOf(language);
    const running = VIEWS.running ?? recoveryView();
    const shown = (card: Card) => renderCard(card, plain);
    expectGolden(`details.${language}`, shown(detailsCard(running, words)));
    expectGolden(`why.${language}`, shown(whyCard(running.recovery.plan, NOW, words, running)));
    const rated = VIEWS.rated ?? recoveryView();
    expectGolden(`details-rated.${language}`, shown(detailsCard(rated, words)));
    expectGolden(`why-rated.${language}`, shown(whyCard(rated.recovery.plan, NOW, words, rated)));
  });
});
