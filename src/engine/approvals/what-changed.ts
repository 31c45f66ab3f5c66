import { declaredOtherwise } from '../discovery/declared-targets.js';
import type { Plan, PlannedStep, TargetState } from '../model/plan.js';
import { canonicalJson, planDigest } from '../planner/digest.js';

/** What makes a question about `shown` stale, now that the same request gives `now`; undefined: nothing does. */
export function whatChanged(shown: Plan, now: Plan): string | undefined {
  return planChange(shown, now) ?? firstTargetChange(shown.targets, now.targets);
}

/** The state of a service compared with the one that was shown; undefined: it is the same. */
export function targetChange(was: TargetState, is: TargetState | undefined): string | undefined {
  const otherwise = declaredOtherwise(was, is);
  if (otherwise) return `${was.service} is declared otherwise than when the plan was shown: ${otherwise}`;
  if (is?.status === was.status) return undefined;
  return `${was.service} was ${was.status} when the plan was shown, now it is ${is?.status ?? 'not known'}`;
}

/** Who cannot look at a service from here has not seen it change. */
function firstTargetChange(shown: readonly TargetState[], now: readonly TargetState[]): string | undefined {
  return shown
    .map((was) => ({ was, is: now.find(({ service }) => service === was.service) }))
    .filter(({ was, is }) => was.status !== 'unknown' && is !== undefined && is.status !== 'unknown')
    .map(({ was, is }) => targetChange(was, is))
    .find((change) => change !== undefined);
}

function planChange(shown: Plan, now: Plan): string | undefined {
  // Targets are compared by themselves; what was known of the incident is what was known when it was asked.
  const alike = { ...now, targets: shown.targets, incident: shown.incident };
  if (planDigest(alike, now.steps) === shown.digest) return undefined;
  return stepChange(shown.steps, now.steps) ?? restChange(shown, now);
}

function stepChange(shown: readonly PlannedStep[], now: readonly PlannedStep[]): string | undefined {
  if (shown.length !== now.length) return `it had ${steps(shown.length)}, now it has ${now.length}`;
  const index = shown.findIndex((step, at) => canonicalJson(step) !== canonicalJson(now[at]));
  const [was, is] = [shown[index], now[index]];
  if (!was || !is) return undefined;
  return was.name === is.name
    ? `step ${index + 1} "${was.name}" does something else now`
    : `step ${index + 1} was "${was.name}", now it is "${is.name}"`;
}

function restChange(shown: Plan, now: Plan): string {
  if (shown.constitution !== now.constitution) return 'the constitution is another one';
  if (shown.risk !== now.risk) return `its risk was ${shown.risk}, now it is ${now.risk}`;
  if (shown.policy.need !== now.policy.need)
    return `it needed ${approvals(shown.policy.need)}, now it needs ${now.policy.need}`;
  return 'its parameters or rules are others now';
}

function steps(count: number): string {
  return `${count} step${count === 1 ? '' : 's'}`;
}

function approvals(count: number): string {
  return `${count} approval${count === 1 ? '' : 's'}`;
}
