import type { Action } from '../actions/action.js';
import { parseInput } from '../actions/parse-input.js';
import { parseShortStep } from '../actions/short-step.js';
import { InvalidInput } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';
import { actionRisk } from '../planner/compile.js';
import { membersOf, parallelOf, refuseKeys, subRunbookOf } from '../planner/compose.js';
import type { LongStep, RunbookStep } from '../planner/runbook.js';
import { fill, namesIn } from '../planner/templates.js';

/** A call that a step makes: its own, or that of its verify or rollback. */
export interface LintCall {
  path: readonly PropertyKey[];
  /** As written; the action may not exist. */
  name: string;
  action?: Action;
  /** Filled with what is known; absent when a value is known only when the plan is made, or is refused. */
  input?: JsonObject;
  /** Why its input is refused. */
  refused?: InvalidInput;
  /** 0..1, as planned; undefined where that depends on an input that is not known. */
  risk?: number;
}

export interface LintStep {
  path: readonly PropertyKey[];
  /** What people call it: its id, else its action. */
  title: string;
  long?: LongStep;
  call?: LintCall;
  verify?: LintCall;
  /** `none`: declared irreversible. */
  rollback?: LintCall | 'none';
  /** The runbook that it brings in, as written. */
  subRunbook?: unknown;
  /** Why a group, or a runbook within the runbook, is refused. */
  refused?: InvalidInput;
}

type Known = { facts: JsonObject; actions: ReadonlyMap<string, Action> };

/** All steps that are written in a list, those of groups too. */
export async function stepsIn(
  steps: readonly RunbookStep[],
  facts: JsonObject,
  actions: ReadonlyMap<string, Action>,
  path: readonly PropertyKey[] = ['steps'],
): Promise<LintStep[]> {
  const found: LintStep[] = [];
  for (const [index, step] of steps.entries())
    found.push(...(await spread(step, [...path, index], { facts, actions })));
  return found;
}

async function spread(step: RunbookStep, path: readonly PropertyKey[], known: Known): Promise<LintStep[]> {
  const composite = parallelOf(step);
  const subRunbook = subRunbookOf(step);
  if (!composite && subRunbook === undefined) return [await single(step, path, known)];
  const title = typeof step === 'string' ? step : (step.id ?? step.action);
  const own = { path, title, ...(typeof step === 'string' ? {} : { long: step }) };
  try {
    refuseKeys(step, '');
    if (!composite) return [{ ...own, subRunbook }];
    const members = membersOf(composite, '');
    return [own, ...(await stepsIn(members, known.facts, known.actions, [...path, 'with', 'steps']))];
  } catch (error) {
    if (error instanceof InvalidInput) return [{ ...own, refused: error }];
    throw error;
  }
}

async function single(step: RunbookStep, path: readonly PropertyKey[], known: Known): Promise<LintStep> {
  if (typeof step === 'string') return short(step, path, known);
  const risk = step.risk;
  const call = await callOf(step.action, step.with, path, risk, known);
  const { verify, rollback } = step;
  return {
    path,
    title: step.id ?? step.action,
    long: step,
    call,
    ...(verify ? { verify: await callOf(verify.action, verify.with, [...path, 'verify'], risk, known) } : {}),
    ...(rollback === 'none' ? { rollback } : {}),
    ...(rollback && rollback !== 'none'
      ? { rollback: await callOf(rollback.action, rollback.with, [...path, 'rollback'], risk, known) }
      : {}),
  };
}

async function short(text: string, path: readonly PropertyKey[], known: Known): Promise<LintStep> {
  const title = text.split(':')[0]?.trim() ?? text;
  try {
    const { action, input } = parseShortStep(text, known.actions, '');
    return { path, title, call: await callOf(action, input, path, undefined, known) };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const action = known.actions.get(title);
    return { path, title, call: { path, name: title, ...(action ? { action, refused: error } : {}) } };
  }
}

async function callOf(
  name: string,
  given: object,
  path: readonly PropertyKey[],
  declared: LongStep['risk'],
  { facts, actions }: Known,
): Promise<LintCall> {
  const action = actions.get(name);
  if (!action) return { path, name };
  const call = { path, name, action };
  const fixed = typeof action.risk === 'number' ? { risk: actionRisk(action, {}, declared) } : {};
  // A template that cannot be read is told by its own rule.
  if (!(await isKnown(given, facts).catch(() => false))) return { ...call, ...fixed };
  try {
    const input = parseInput(action, await fill(given, facts, ''), '');
    return { ...call, input, risk: actionRisk(action, input, declared) };
  } catch (error) {
    if (error instanceof InvalidInput) return { ...call, ...fixed, refused: error };
    throw error;
  }
}

/** Whether every name that its templates read has a value now. */
async function isKnown(value: unknown, facts: JsonObject): Promise<boolean> {
  if (typeof value === 'string') return (await namesIn(value, '')).every((name) => valueAt(name, facts) !== undefined);
  if (typeof value !== 'object' || value === null) return true;
  const inner = await Promise.all(Object.values(value).map((one) => isKnown(one, facts)));
  return inner.every(Boolean);
}

function valueAt(name: string, facts: unknown): unknown {
  return name
    .split('.')
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
      facts,
    );
}
