import { nearest } from '../planner/nearest.js';
import type { RunbookTest } from '../planner/runbook-test.js';
import type { Ending } from './ending.js';
import { type Fault, faultText } from './fault.js';

/** Something about a runbook that its rehearsal showed: what, and what to do. */
export interface Shortcoming {
  /** Absent: about the whole. */
  step?: string;
  /** Place in the runbook's `tests`, when one of them does not hold. */
  test?: number;
  says: string;
  mend: string;
}

/** What nobody expected. A test of the runbook's author decides about its own case; the rest is judged by the rule. */
export function judge(endings: readonly Ending[], tests: readonly RunbookTest[]): Shortcoming[] {
  const expected = new Map<Ending, RunbookTest>();
  const failed = tests.flatMap((test, index) => {
    const ending = endings.find(({ fault }) => isAbout(test, fault));
    if (!ending) return [unknownCase(test, index, endings)];
    expected.set(ending, test);
    return differences(test, ending).map((says) => ({ ...stepOf(ending.fault), test: index, says, mend: MEND_TEST }));
  });
  const untested = endings.filter((ending) => !expected.has(ending));
  // The same effect that stays is told once, for the last step whose failure leaves it.
  return [...failed, ...distinct(untested.flatMap(byRule))];
}

const MEND_TEST = 'Correct the runbook, or what its test expects.';

function byRule({ fault, state, left, undone }: Ending): (Shortcoming & { about: string })[] {
  if (fault.kind === 'none' && state !== 'SUCCEEDED')
    return [
      {
        about: 'none',
        says: `it ends ${state} although nothing goes wrong`,
        mend: 'Look at the steps and their order.',
      },
    ];
  if ((fault.kind !== 'fails' && fault.kind !== 'verify_fails') || left.length === 0) return [];
  const rolledBack = state === 'ROLLED_BACK' || undone.length > 0;
  return left.map((id) => ({
    about: id,
    step: id,
    says:
      id === fault.step
        ? `when ${id} ${faultText(fault)}, what it did until then stays: the recovery ends ${state}`
        : `when ${fault.step} ${faultText(fault)}, what ${id} did stays: the recovery ends ${state}`,
    mend:
      rolledBack || id === fault.step
        ? `Give ${id} a rollback, or declare it irreversible: "rollback: none".`
        : `Let ${fault.step} roll back (on_failure: rollback), or expect it under tests: { fail: ${fault.step}, ends: ${state}, left: [${left.join(', ')}] }.`,
  }));
}

function distinct(found: (Shortcoming & { about: string })[]): Shortcoming[] {
  const first = found.filter(({ about }, index) => found.findIndex((other) => other.about === about) === index);
  return first.map(({ about: _, ...shortcoming }) => shortcoming);
}

function isAbout(test: RunbookTest, fault: Fault): boolean {
  const { fail, fail_verify, fail_undo, crash, seen = 'unknown' } = test;
  if (fault.kind === 'none') return [fail, fail_verify, fail_undo, crash].every((step) => step === undefined);
  if (fault.kind === 'crash') return crash === fault.step && seen === fault.seen;
  return { fails: fail, verify_fails: fail_verify, undo_fails: fail_undo }[fault.kind] === fault.step;
}

function differences({ ends, undone, left }: RunbookTest, ending: Ending): string[] {
  const list = (ids: readonly string[]) => (ids.length > 0 ? ids.join(', ') : 'nothing');
  return [
    ...(ends === ending.state ? [] : [`the test expects ${ends}, and it ends ${ending.state}`]),
    ...(undone === undefined || list(undone) === list(ending.undone)
      ? []
      : [`the test expects that ${list(undone)} is undone, in this order; undone is ${list(ending.undone)}`]),
    ...(left === undefined || list([...left].sort()) === list([...ending.left].sort())
      ? []
      : [`the test expects that ${list(left)} stays; what stays is ${list(ending.left)}`]),
  ];
}

/** A step that does not exist, or in which this cannot happen. */
function unknownCase(test: RunbookTest, index: number, endings: readonly Ending[]): Shortcoming {
  const step = test.fail ?? test.fail_verify ?? test.fail_undo ?? test.crash ?? '';
  const known = [...new Set(endings.flatMap(({ fault }) => (fault.kind === 'none' ? [] : [fault.step])))];
  if (!known.includes(step)) {
    const guess = nearest(step, known);
    return {
      test: index,
      says: `there is no step "${step}"`,
      mend: `${guess ? `Did you mean ${guess}? ` : ''}The steps are ${known.join(', ')}.`,
    };
  }
  return {
    test: index,
    says: `this cannot happen in step ${step}`,
    mend: 'fail_verify needs a verify, fail_undo a step that acts and another one after it; seen fits actions that can be looked at.',
  };
}

function stepOf(fault: Fault): { step?: string } {
  return fault.kind === 'none' ? {} : { step: fault.step };
}
