import fc from 'fast-check';
import { type RecoveryView, VERBS } from '../../src/engine/engine.js';
import type { Approval } from '../../src/engine/model/approval.js';
import { RECOVERY_STATES, type RecoveryStep } from '../../src/engine/model/recovery.js';
import { ago, approval, plan, recoveryView, step, undo } from './recovery-view.js';

/** All names and texts from outside are Greek: every Latin or Cyrillic letter on a card is Reviver's own. */
const GREEK = fc.constantFrom('α', 'Ωμέγα', 'βήμα δύο', 'σφάλμα: «όχι»', 'γ·δ', '🟢 ε');
const NAME = fc.constantFrom('Άννα', 'Λη', 'Μαξ');
const WHEN = fc.integer({ min: -900_000, max: 100_000_000 }).map((ms) => ago(ms));

/** What the engine itself would write. */
const EXPLANATION = fc.constantFrom(
  'no history for σέρβις yet',
  'worked the one time it was tried for σέρβις, median 1.0 s, last R-3',
  'worked 9 of 10 times for σέρβις, median 2 h 05 min, last R-33',
);
const RISK_REASONS = fc.subarray(['restores data', 'its runbook says so', 'δ depends on it', 'failed 3 of 4 times']);
const ALTERNATIVES = fc.subarray([
  { kind: 'strategy' as const, name: 'ρ', reason: '6 of 14 for σέρβις' },
  { kind: 'runbook' as const, name: 'τ', reason: 'no history' },
]);
const CHANGE = fc.constantFrom(
  'δ was running when the plan was shown, now it is stopped',
  'step 2 was "α", now it is "β"',
  'step 1 "α" does something else now',
  'it had 1 step, now it has 3',
  'the constitution is another one',
  'its risk was 0.2, now it is 0.7',
  'it needed 1 approval, now it needs 2',
  'its parameters or rules are others now',
  'it cannot be planned any more: δ',
  'Λη may not approve it any more',
);
const OUTCOME = fc.constantFrom(
  null,
  { code: 'verified', message: '' },
  { code: 'cancelled', message: 'cancelled by Λη' },
  { code: 'rejected', message: 'rejected by Λη' },
  { code: 'approval_expired', message: 'nobody decided in time' },
  { code: 'rolled_back_by', message: 'rolled back by Λη' },
  { code: 'step_failed', message: 'Step 2 "βήμα" failed 3 times: σφάλμα' },
  { code: 'plan_changed', message: 'the plan changed: ρ was running when the plan was shown, now it is missing' },
);

const stepParts = fc.record({
  name: GREEK,
  state: fc.constantFrom<RecoveryStep['state']>(
    'pending',
    'running',
    'succeeded',
    'failed',
    'skipped',
    'unknown',
    'cancelled',
  ),
  attempts: fc.integer({ min: 0, max: 4 }),
  startedAt: fc.option(WHEN),
  endedAt: fc.option(WHEN),
  nextAttemptAt: fc.option(WHEN),
  risk: fc.constantFrom(0, 0.2, 0.4, 0.8),
  idempotent: fc.boolean(),
  rollback: fc.constantFrom('inverse' as const, null),
  onFailure: fc.constantFrom('rollback' as const, 'stop' as const),
  result: fc.option(fc.record({ summary: fc.constantFrom('', 'άλφα', '1,204 keys', 'did not run') })),
  error: fc.option(fc.record({ code: fc.constant('x'), message: GREEK })),
});

const question = fc.record({
  step: fc.option(fc.integer({ min: 0, max: 5 })),
  state: fc.constantFrom<Approval['state']>('pending', 'approved', 'consumed', 'rejected', 'expired', 'superseded'),
  need: fc.integer({ min: 1, max: 3 }),
  including: fc.constantFrom(null, 'lead' as const),
  decisions: fc.array(
    fc.record({
      principal: NAME,
      roles: fc.constant<Approval['decisions'][number]['roles']>(['approver']),
      verdict: fc.constantFrom('approve' as const, 'reject' as const),
      via: fc.constant('κ'),
      at: WHEN,
    }),
    { maxLength: 3 },
  ),
  createdAt: WHEN,
  expiresAt: WHEN,
});

const SAID = fc.record({
  ratings: fc.uniqueArray(fc.record({ person: NAME, helped: fc.boolean(), via: fc.constant('κ'), at: WHEN }), {
    selector: ({ person }) => person,
  }),
  notes: fc.array(fc.record({ number: fc.nat(9), author: NAME, text: GREEK, via: fc.constant('κ'), at: WHEN }), {
    maxLength: 3,
  }),
});

const EVIDENCE = fc.array(
  fc.record({
    recovery: fc.integer({ min: 1, max: 40 }),
    service: fc.constant('σέρβις'),
    succeeded: fc.boolean(),
    activeMs: fc.nat(90_000),
    at: WHEN.map((at) => at.toISOString()),
  }),
  { maxLength: 3 },
);

const recoveryParts = fc.record({
  service: fc.constant('σέρβις'),
  state: fc.constantFrom(...RECOVERY_STATES),
  requestedBy: NAME,
  reason: fc.constantFrom('', 'λόγος', 'retry of R-7'),
  outcome: OUTCOME,
  cancelBy: fc.option(NAME),
  unverified: fc.boolean(),
  attempts: fc.integer({ min: 0, max: 5 }),
  priority: fc.integer({ min: 1, max: 10 }),
  nextAttemptAt: fc.option(WHEN),
  activeMs: fc.integer({ min: 0, max: 90_000 }),
  createdAt: WHEN,
  startedAt: fc.option(WHEN),
  endedAt: fc.option(WHEN),
  retryOf: fc.option(fc.integer({ min: 1, max: 40 })),
});

const planParts = fc.record({
  service: fc.constant('σέρβις'),
  name: fc.constant('πλάνο'),
  risk: fc.constantFrom(0, 0.1, 0.35, 0.8),
  riskReasons: RISK_REASONS,
  explanation: EXPLANATION,
  evidence: EVIDENCE,
  alternatives: ALTERNATIVES,
  policy: fc.constantFrom({ need: 0, rule: 'ρ' }, { need: 2, rule: 'ρ' }),
});

/** A view of a recovery in any state, also in ones that cannot be: a card must say something of each. */
export function anyView(): fc.Arbitrary<RecoveryView> {
  return fc
    .record({
      recovery: recoveryParts,
      plan: planParts,
      steps: fc.oneof(
        { weight: 5, arbitrary: fc.array(stepParts, { minLength: 1, maxLength: 6 }) },
        { weight: 1, arbitrary: fc.array(stepParts, { minLength: 1, maxLength: 30 }) },
      ),
      undo: fc.array(stepParts, { maxLength: 3 }),
      approvals: fc.array(question, { maxLength: 2 }),
      mayApprove: fc.uniqueArray(NAME),
      verbs: fc.subarray([...VERBS]),
      queuePlace: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
      replaces: fc.option(fc.record({ recovery: fc.nat(), why: CHANGE }), { nil: undefined }),
      feedback: SAID,
      successor: fc.option(fc.integer({ min: 42, max: 60 }), { nil: undefined }),
      wellAgoMs: fc.option(fc.nat(10_000_000), { nil: undefined }),
    })
    .map(
      ({
        recovery,
        plan: parts,
        steps,
        undo: undoing,
        approvals,
        queuePlace,
        replaces,
        successor,
        wellAgoMs,
        ...rest
      }) =>
        recoveryView({
          ...rest,
          recovery: { ...recovery, plan: plan(parts) },
          steps: [
            ...steps.map((each, index) => step(index, { ...each, result: each.result ?? {} })),
            ...undoing.map((each, index) =>
              undo(steps.length + index, index, { ...each, name: `Undo: ${each.name}`, result: each.result ?? {} }),
            ),
          ],
          approvals: approvals.map((each, index) => approval({ ...each, id: `q${index}` })),
          ...(queuePlace === undefined ? {} : { queuePlace }),
          ...(replaces === undefined ? {} : { replaces }),
          ...(successor === undefined ? {} : { successor }),
          ...(wellAgoMs === undefined ? {} : { wellSince: ago(wellAgoMs) }),
        }),
    );
}
