import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UserError } from '../../../../src/engine/model/errors.js';
import { isTerminal, type RecoveryStep, type Snapshot } from '../../../../src/engine/model/recovery.js';
import { direction, ended } from '../../../../src/engine/recovery/frontier.js';
import { activeMs, type Move, move } from '../../../../src/engine/recovery/move.js';
import { at } from '../../../support/builders.js';
import { anyPlan, committed, type Option, options } from './machine-model.js';

/** How often what could happen for ever (a person's Retry, a crash without effect, a hand-over) does happen. */
const ENDLESS_BUDGET = 6;
/** More moves than any plan of six steps needs: 3 attempts of the whole, each step tried 3 times and undone, and the budget. */
const MOST_MOVES = 600;

interface Played {
  from: Snapshot;
  option: Option;
  to: Snapshot;
  now: Date;
}

/** Plays a plan to its end, or to where nothing is possible, and gives each move to `watch`. */
function play(plan: Snapshot, choices: number[], watch: (played: Played) => void): Snapshot {
  let m = move(plan);
  let budget = ENDLESS_BUDGET;
  for (let turn = 0; turn < MOST_MOVES; turn += 1) {
    const now = at((turn + 1) * 1_000);
    const possible = options(m.after).filter((option) => !option.again || budget > 0);
    const made = choose(possible, choices[turn] ?? 0, m, now);
    if (!made) return m.after;
    if (made.option.again) budget -= 1;
    watch({ from: m.after, option: made.option, to: made.result.after, now });
    m = committed(made.result);
  }
  throw new Error(`no end after ${MOST_MOVES} moves: ${m.after.recovery.state}`);
}

/** The chosen option, or the next one that is not refused; a refusal is a sentence for a person, never a defect. */
function choose(possible: Option[], choice: number, m: Move, now: Date): { option: Option; result: Move } | undefined {
  for (let tries = 0; tries < possible.length; tries += 1) {
    const option = possible[(choice + tries) % possible.length];
    if (!option) return undefined;
    try {
      return { option, result: option.make(m, now) };
    } catch (error) {
      if (!(error instanceof UserError && error.code === 'conflict')) throw error;
    }
  }
  return undefined;
}

function always(check: (played: Played) => void): void {
  const choices = fc.array(fc.nat(1_000), { minLength: 60, maxLength: 120 });
  fc.assert(
    fc.property(anyPlan, choices, (plan, chosen) => {
      play(plan, chosen, check);
    }),
    { numRuns: 500 },
  );
}

const begun = ({ from, to }: Played): RecoveryStep[] =>
  to.steps.filter((step) => step.state === 'running' && from.steps[step.position]?.state !== 'running');

test('whatever happens, it comes to an end, and no move is illegal on the way', () => {
  fc.assert(
    fc.property(anyPlan, fc.array(fc.nat(1_000), { maxLength: 120 }), (plan, choices) => {
      expect(isTerminal(play(plan, choices, () => {}).recovery.state)).toBe(true);
    }),
    { numRuns: 250 },
  );
});

test('no ended recovery has a running step, an owner, a wake-up or a running clock', () => {
  always(({ to: { recovery, steps } }) => {
    if (!isTerminal(recovery.state)) return expect(recovery.endedAt).toBeNull();
    expect(steps.filter((step) => step.state === 'running')).toEqual([]);
    expect(recovery).toMatchObject({ owner: null, wakeAt: null, activeSince: null, endedAt: expect.any(Date) });
  });
});

test('no step begins before everything of the earlier stages has ended', () => {
  always((played) => {
    for (const step of begun(played)) {
      const earlier = played.from.steps.filter(({ kind, stage }) => kind === step.kind && stage < step.stage);
      expect(earlier.filter((other) => !ended(other))).toEqual([]);
    }
  });
});

test('nothing of the plan begins once it is being undone', () => {
  always((played) => {
    if (direction(played.from.steps) === 'undo') expect(begun(played).filter(({ kind }) => kind === 'do')).toEqual([]);
  });
});

test('what is undone had begun, may be undone, and is undone once', () => {
  always(({ to: { steps } }) => {
    const undoes = steps.flatMap((step) => (step.kind === 'undo' ? [step.undoes] : []));
    expect(new Set(undoes).size).toBe(undoes.length);
    for (const position of undoes) {
      const step = steps[position ?? -1];
      expect(step).toMatchObject({ kind: 'do', rollback: 'inverse' });
      expect(step?.startedAt ?? step?.firstBefore).not.toBeNull();
    }
    if (undoes.length > 0) expect(steps.filter((step) => step.kind === 'undo' && step.attempts > 1)).toEqual([]);
  });
});

test('a rollback undoes partial effects first, then finished steps, each kind from the last to the first, and forgets none', () => {
  always(({ from, to }) => {
    if (direction(from.steps) === 'undo' || direction(to.steps) !== 'undo') return;
    const done = to.steps.filter((step) => step.kind === 'do' && step.rollback !== null).reverse();
    const partial = done.filter(({ state, attempts }) => /failed|unknown|pending/.test(state) && attempts > 0);
    const finished = done.filter(({ state }) => state === 'succeeded');
    const undoes = to.steps.flatMap((step) => (step.kind === 'undo' ? [step.undoes] : []));
    expect(undoes).toEqual(expect.arrayContaining([...partial, ...finished].map(({ position }) => position)));
    expect(undoes.slice(undoes.length - finished.length)).toEqual(finished.map(({ position }) => position));
    expect(undoes.slice(0, undoes.length - finished.length)).toEqual(
      undoes.slice(0, undoes.length - finished.length).toSorted((a, b) => Number(b) - Number(a)),
    );
  });
});

test("attempts stay within the policies: a step's, and the recovery's (D12)", () => {
  always(({ to: { recovery, steps } }) => {
    for (const step of steps) expect(step.attempts).toBeLessThanOrEqual(step.retry.maxRetryAttempts);
    expect(recovery.attempts).toBeLessThanOrEqual(recovery.retry.maxRetryAttempts);
  });
});

test('the recovery as a whole is retried only for a step without retries of its own, so that budgets never multiply (D12)', () => {
  always(({ from, to, option }) => {
    if (to.recovery.state !== 'SCHEDULED' || from.recovery.state === 'SCHEDULED') return;
    if (option.name === 'approve' || option.name === 'retry') return;
    const culprits = from.steps.filter((step) => step.kind === 'do' && step.retry.maxRetryAttempts === 1);
    expect(culprits.length).toBeGreaterThan(0);
    expect(to.steps.every((step) => step.kind === 'do' && step.attempts === 0 && step.startedAt === null)).toBe(true);
  });
});

test('the clock of active work counts exactly the time in IN_PROGRESS and ROLLING_BACK', () => {
  let worked = 0;
  let last: Snapshot | undefined;
  always(({ from, to, now }) => {
    if (last?.recovery.version !== from.recovery.version - 1) worked = 0;
    if (from.recovery.state === 'IN_PROGRESS' || from.recovery.state === 'ROLLING_BACK') worked += 1_000;
    last = to;
    expect(activeMs(to.recovery, now)).toBe(worked);
  });
});

test('whoever waits for a person has no owner and no wake-up; whatever can go on by itself has a wake-up (D6)', () => {
  always(({ to: { recovery } }) => {
    if (recovery.state === 'AWAITING_MANUAL') expect(recovery).toMatchObject({ owner: null, wakeAt: null });
    if (/^(SCHEDULED|IN_PROGRESS|ROLLING_BACK)$/.test(recovery.state)) expect(recovery.wakeAt).toBeInstanceOf(Date);
  });
});

test('an end tells the truth about the steps', () => {
  always(({ to: { recovery, steps } }) => {
    const open = (kind: RecoveryStep['kind']) => steps.filter((step) => step.kind === kind && !ended(step));
    if (recovery.state === 'SUCCEEDED') expect(open('do')).toEqual([]);
    if (recovery.state === 'ROLLED_BACK') expect(open('undo')).toEqual([]);
    if (recovery.state === 'FAILED')
      expect([...open('do'), ...open('undo')].some(({ state }) => state === 'failed')).toBe(true);
  });
});
