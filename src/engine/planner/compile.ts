import { type Action, ActionError, type BackupCatalog } from '../actions/action.js';
import { parseInput } from '../actions/parse-input.js';
import { findAction, parseShortStep } from '../actions/short-step.js';
import { stepLine } from '../actions/step-line.js';
import { parseDuration } from '../model/duration.js';
import { InvalidInput } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';
import type { ActionCall, PlannedStep } from '../model/plan.js';
import { redact } from '../model/redact.js';
import { NO_RETRY, type RetryPolicy, retryPolicy } from '../model/retry-policy.js';
import { refuseForeign, refuseSecretParams } from '../secrets/foreign.js';
import type { SnapshotCatalog } from '../snapshots/snapshot.js';
import { type ComposeContext, type Inside, type Placed, templateFacts, unfold } from './compose.js';
import { checkCondition } from './expressions.js';
import { nearest } from './nearest.js';
import { type LeftOut, NotPossibleNow } from './not-now.js';
import { resolveParams } from './params.js';
import { type LongStep, type Runbook, type RunbookStep, riskNumber } from './runbook.js';
import { fill } from './templates.js';

/** What steps are compiled against. */
export interface CompileContext extends ComposeContext {
  actions: ReadonlyMap<string, Action>;
  backups: BackupCatalog;
  snapshots: SnapshotCatalog;
  pools: readonly string[];
  /** The steps have no templates: `{{` in them is text. */
  literal?: boolean;
}

export interface Compiled {
  /** As the steps were made with: defaults filled in. */
  params: JsonObject;
  steps: PlannedStep[];
  /** For all steps together, when the runbook says so. */
  timeoutMs?: number;
  /** Parts of it that cannot be done now. */
  leftOut?: LeftOut[];
}

interface Call {
  action: Action;
  input: JsonObject;
}

/** Concrete steps of a runbook for one service; a bad one is one error that names step, field, value and what is allowed. */
export async function compileRunbook(runbook: Runbook, context: CompileContext): Promise<Compiled> {
  refuseSecretParams(context.params, runbook.params, runbook.id);
  const params = resolveParams(runbook, context.params);
  const { recovery_timeout: given } = runbook;
  const limit = given === undefined ? {} : { timeoutMs: timeout(given, `${runbook.id}.recovery_timeout`) };
  return { params, ...limit, steps: await compileSteps(runbook.steps, { ...context, params }, runbook.id) };
}

export async function compileSteps(
  steps: readonly RunbookStep[],
  context: CompileContext,
  where: string,
  inside?: Inside,
): Promise<PlannedStep[]> {
  const placed = await unfold(steps, context, where, [where], inside);
  const compiled: PlannedStep[] = [];
  for (const one of placed) compiled.push(await compileStep(one));
  refuseContest(compiled, where);
  const twice = compiled.find((step, index) => compiled.findIndex(({ id }) => id === step.id) !== index);
  if (twice) throw new InvalidInput(`${where}.steps`, twice.id, 'ids that are unique in the runbook');
  return compiled;
}

async function compileStep({ step, context, at, stage, index, scope }: Placed<CompileContext>): Promise<PlannedStep> {
  const long: Partial<LongStep> & ActionCall =
    typeof step === 'string' ? parseShortStep(step, context.actions, at) : { ...step, input: {} };
  const given = typeof step === 'string' ? long.input : (step.with ?? {});
  const { action, input: named } = await resolveCall({ action: long.action, with: given }, context, at);
  const { input, detail } = await pinned(action, named, context);
  const pool = long.pool ?? 'default';
  if (!context.pools.includes(pool)) throw new InvalidInput(`${at}.pool`, pool, `one of ${context.pools.join(', ')}`);
  if (long.when) await checkCondition(long.when, `${at}.when`);
  const rollback = await rollbackOf(long.rollback, context, `${at}.rollback`);
  const verify = long.verify && (await resolveCall(long.verify, context, `${at}.verify`));
  const title = long.name ? await filled(long.name, context, `${at}.name`) : action.title(named);
  return {
    id: `${scope?.prefix ?? ''}${long.id ?? `${action.name}_${index + 1}`}`,
    name: redact(detail ? `${title} ${detail}` : String(title)),
    action: action.name,
    actionVersion: action.version,
    input,
    stage,
    // What it may come to count as it does itself: its verify, and what undoes it.
    risk: Math.max(
      actionRisk(action, input, long.risk),
      ...[verify, rollback].map((call) => (call ? actionRisk(call.action, call.input, long.risk) : 0)),
    ),
    timeoutMs: long.timeout === undefined ? action.timeoutMs : timeout(long.timeout, `${at}.timeout`),
    retry: long.retry ? retryOf(long.retry, `${at}.retry`) : NO_RETRY,
    onFailure: long.on_failure ?? 'rollback',
    idempotent: long.idempotent ?? action.idempotent,
    pool,
    approval: action.name === 'ask' ? 'always' : approvalOf(long, action),
    ...(long.when ? { when: long.when } : {}),
    ...(verify ? { verify: strip(verify) } : {}),
    ...(rollback === undefined ? {} : { rollback: rollback && strip(rollback) }),
    ...(scope ? { scope } : {}),
    line: stepLine(action, named),
    services: touched([{ action, input: named }, ...(rollback ? [rollback] : []), ...acting(verify)], context, at),
  };
}

/** Steps of one group run side by side, so that only one of them may act on a service. */
function refuseContest(steps: readonly PlannedStep[], where: string): void {
  for (const step of steps) {
    const other = steps.find(
      ({ id, stage, risk, services }) =>
        stage === step.stage &&
        id !== step.id &&
        risk > 0 &&
        step.risk > 0 &&
        services.some((name) => step.services.includes(name)),
    );
    if (other)
      throw new InvalidInput(`${where}: parallel`, `${step.id}, ${other.id}`, 'steps that act on different services');
  }
}

/** `auto` is the schema's way to say nothing: then it is as the action says. */
function approvalOf({ approval = 'auto' }: Partial<LongStep>, action: Action): PlannedStep['approval'] {
  return approval === 'auto' ? (action.approval ?? 'auto') : approval;
}

/** What a name stands for today, so that exactly that is approved; an action's refusal is one to whoever asked for the plan. */
async function pinned(
  action: Action,
  input: JsonObject,
  kept: CompileContext,
): Promise<{ input: JsonObject; detail: string }> {
  try {
    return (await action.pin?.(input, kept)) ?? { input, detail: '' };
  } catch (error) {
    if (error instanceof ActionError) throw new NotPossibleNow(error.message, error.options.facts);
    throw error;
  }
}

/** What an author declares may raise the risk of a step that restores data, never lower it below medium. */
export function actionRisk(action: Action, input: JsonObject, declared: LongStep['risk']): number {
  const own = typeof action.risk === 'function' ? action.risk(input) : action.risk;
  const said = declared === undefined ? own : riskNumber(declared);
  return action.name.startsWith('restore_') ? Math.max(said, own, riskNumber('medium')) : said;
}

/** `none` is null: declared irreversible. */
async function rollbackOf(
  rollback: LongStep['rollback'],
  context: CompileContext,
  at: string,
): Promise<Call | null | undefined> {
  if (rollback === undefined) return undefined;
  return rollback === 'none' ? null : resolveCall(rollback, context, at);
}

/** A verify that only looks touches nothing. */
function acting(verify: Call | undefined): Call[] {
  return verify && actionRisk(verify.action, verify.input, undefined) > 0 ? [verify] : [];
}

/** What the step, its rollback and its verify touch is claimed, so it must be known. */
function touched(calls: Call[], { backups, services }: CompileContext, at: string): string[] {
  const names = [...new Set(calls.flatMap(({ action, input }) => action.services(input, backups)))];
  const known = services.map(({ name }) => name);
  const stranger = names.find((name) => !known.includes(name));
  if (stranger === undefined) return names;
  const guess = nearest(stranger, known);
  throw new InvalidInput(
    at,
    stranger,
    `a service of the configuration: ${guess ? `did you mean ${guess}? Known: ` : ''}${known.join(', ')}`,
  );
}

/** Longer ones do not fit into a timer, and would be over at once. */
const LONGEST_TIMEOUT_MS = 24 * 3_600_000;

function timeout(given: string | number, field: string): number {
  const ms = parseDuration(given, field);
  if (ms < 1 || ms > LONGEST_TIMEOUT_MS)
    throw new InvalidInput(field, given, 'a duration of more than 0 and at most 24h');
  return ms;
}

async function resolveCall(
  call: { action: string; with: Record<string, unknown> },
  context: CompileContext,
  at: string,
): Promise<Call> {
  const action = findAction(call.action, context.actions, at);
  const given = await filled(call.with, context, at);
  refuseForeign(given, [call.with, context.params], action.input, at);
  const input = parseInput(action, given, at);
  return { action, input };
}

/** Steps that were decided on elsewhere were filled in there: what stands in them now is what somebody sent. */
async function filled(value: unknown, context: CompileContext, at: string): Promise<unknown> {
  return context.literal ? value : fill(value, templateFacts(context), at);
}

function strip({ action, input }: Call): ActionCall {
  return { action: action.name, input };
}

/** A retry as written, with its defaults. */
export function retryOf(given: NonNullable<LongStep['retry']>, field: string): RetryPolicy {
  const policy = {
    ...(given.strategy && { strategy: given.strategy }),
    ...(given.max_retry_attempts !== undefined && { maxRetryAttempts: given.max_retry_attempts }),
    ...(given.initial_delay_ms !== undefined && { initialDelayMs: given.initial_delay_ms }),
    ...(given.backoff_multiplier !== undefined && { backoffMultiplier: given.backoff_multiplier }),
    ...(given.max_delay_ms !== undefined && { maxDelayMs: given.max_delay_ms }),
  };
  return retryPolicy(policy, field);
}
