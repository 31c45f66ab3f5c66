import { z } from 'zod';
import { InvalidInput } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';
import type { StepScope } from '../model/plan.js';
import type { Service } from '../model/service.js';
import { credential } from '../secrets/credential.js';
import { refuseForeign } from '../secrets/foreign.js';
import { nearest } from './nearest.js';
import { resolveParams } from './params.js';
import { type LongStep, longForm, MOST_STEPS, type Runbook, type RunbookStep, runbookStep } from './runbook.js';
import { fill } from './templates.js';

/** What steps are put together from. */
export interface ComposeContext {
  runbooks: readonly Runbook[];
  service: Service;
  services: readonly Service[];
  params: JsonObject;
  incident: JsonObject;
}

/** One step of the plan to be, with the runbook that it is in. */
export interface Placed<Context> {
  step: RunbookStep;
  context: Context;
  /** Where it is written, for errors: `redis_outage.steps[2]`. */
  at: string;
  stage: number;
  /** Its place among the steps that are written beside it: ids are made from it. */
  index: number;
  /** Of a step that another runbook brought in. */
  scope?: StepScope;
}

/** Where steps are put: at this stage and the following, with the names of this scope. */
export interface Inside {
  stage: number;
  scope?: StepScope;
}

const group = z.strictObject({ steps: z.array(runbookStep).min(2) });
const sub = z.strictObject({
  runbook: z.string(),
  params: z.record(z.string(), z.unknown()).default({}),
  service: z.string().optional(),
});

/** Steps that are made of steps, with what they are given. */
export const COMPOSITE_INPUTS = { parallel: group, sub_runbook: sub } as const;

/**
 * The steps one after the other, groups and runbooks within runbooks unfolded: all steps of a group have one stage.
 * `trail` are the runbooks that led here, so that a circle is refused and named.
 */
export async function unfold<Context extends ComposeContext>(
  steps: readonly RunbookStep[],
  context: Context,
  where: string,
  trail: readonly string[] = [],
  inside: Inside = { stage: 0 },
): Promise<Placed<Context>[]> {
  const placed: Placed<Context>[] = [];
  let { stage } = inside;
  for (const [index, step] of steps.entries()) {
    const at = `${where}.steps[${index}]`;
    const here = { context, ...(inside.scope ? { scope: inside.scope } : {}) };
    const composite = compositeOf(step);
    if (composite?.action === 'parallel') {
      const members = membersOf(composite, at);
      for (const [place, member] of members.entries()) {
        const memberAt = `${at}.steps[${place}]`;
        if (compositeOf(member)) throw new InvalidInput(memberAt, actionOf(member), 'single steps inside parallel');
        if (snapshotBefore(member, context).length > 0)
          throw new InvalidInput(`${memberAt}.snapshot`, true, 'a take_snapshot step before the group');
        placed.push({ ...here, step: member, at: memberAt, stage, index: placed.length });
      }
      stage += 1;
    } else if (composite) {
      const inner = await insert(composite, context, at, trail, { ...inside, stage });
      placed.push(...inner);
      stage = (inner.at(-1)?.stage ?? stage) + 1;
    } else {
      for (const one of [...snapshotBefore(step, context), step]) {
        placed.push({ ...here, step: one, at, stage, index: placed.length });
        stage += 1;
      }
    }
    if (placed.length > MOST_STEPS)
      throw new InvalidInput(
        `${where}.steps`,
        `${placed.length} steps`,
        `at most ${MOST_STEPS}, those of sub_runbooks too`,
      );
  }
  return placed;
}

async function insert<Context extends ComposeContext>(
  step: LongStep,
  context: Context,
  at: string,
  trail: readonly string[],
  inside: Inside,
): Promise<Placed<Context>[]> {
  const filled = await fill(step.with, templateFacts(context), `${at}.with`);
  refuseForeign(filled, [step.with, context.params], z.object({ params: credential(z.string()) }), at);
  const { runbook: id, params: given, service: name = context.service.name } = read(sub, filled, at);
  const runbook = context.runbooks.find((candidate) => candidate.id === id);
  if (!runbook)
    throw unknown(
      `${at}.runbook`,
      id,
      context.runbooks.map((candidate) => candidate.id),
    );
  const service = context.services.find((candidate) => candidate.name === name);
  if (!service)
    throw unknown(
      `${at}.service`,
      name,
      context.services.map((candidate) => candidate.name),
    );
  if (trail.includes(id)) throw new InvalidInput(`${at}.runbook`, id, `no circle: ${[...trail, id].join(' → ')}`);
  const params = resolveParams(runbook, z.record(z.string(), z.json()).parse(given));
  const prefix = `${inside.scope?.prefix ?? ''}${step.id ?? id}_`;
  const scope = { prefix, service: name, params };
  return unfold(runbook.steps, { ...context, service, params }, id, [...trail, id], { stage: inside.stage, scope });
}

/** `snapshot: true` is a step of its own, of the service that the step names, else of the plan's. */
function snapshotBefore(step: RunbookStep, { service }: ComposeContext): RunbookStep[] {
  if (typeof step === 'string' || !step.snapshot) return [];
  const { service: named = service.name, dir } = step.with;
  // What terraform_apply changes is what its state knows.
  const terraform = step.action === 'terraform_apply' && dir !== undefined ? { terraform: dir } : {};
  return [longForm({ action: 'take_snapshot', with: { service: named, ...terraform } })];
}

/** What templates and conditions can read. */
export function templateFacts({
  service,
  params,
  incident,
}: Omit<ComposeContext, 'runbooks' | 'services'>): JsonObject {
  const { name, runtime, criticality, priority } = service;
  return { service: { name, runtime, criticality, priority }, params, incident };
}

/** The short form of `sub_runbook` names the runbook. */
function compositeOf(step: RunbookStep): LongStep | undefined {
  if (typeof step !== 'string') return Object.hasOwn(COMPOSITE_INPUTS, step.action) ? step : undefined;
  const [, runbook] = /^\s*sub_runbook\s*:\s*(\S+)\s*$/.exec(step) ?? [];
  if (runbook === undefined) return undefined;
  return longForm({ action: 'sub_runbook', with: { runbook } });
}

export function membersOf(step: LongStep, at: string): RunbookStep[] {
  return read(group, step.with, at).steps;
}

/** The runbook that a step brings in, as written; undefined for other steps. */
export function subRunbookOf(step: RunbookStep): unknown {
  const composite = compositeOf(step);
  return composite?.action === 'sub_runbook' ? composite.with.runbook : undefined;
}

export function parallelOf(step: RunbookStep): LongStep | undefined {
  const composite = compositeOf(step);
  return composite?.action === 'parallel' ? composite : undefined;
}

const SAID_ELSEWHERE = ['when', 'retry', 'verify', 'rollback', 'timeout', 'pool', 'idempotent', 'risk'] as const;

/** What a composite cannot have belongs to the steps that it is made of. */
function read<S extends z.ZodType>(schema: S, given: unknown, at: string): z.output<S> {
  const checked = schema.safeParse(given);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new InvalidInput(`${at}.with.${issue?.path.join('.') ?? ''}`, given, issue?.message ?? 'something else');
}

/** Refuses keys that would have no effect on a step that is made of steps. */
export function refuseKeys(step: RunbookStep, at: string): void {
  const composite = compositeOf(step);
  const key = composite && SAID_ELSEWHERE.find((name) => composite[name] !== undefined);
  if (key) throw new InvalidInput(`${at}.${key}`, composite[key], `it on the steps inside ${composite.action}`);
}

function actionOf(step: RunbookStep): string {
  return typeof step === 'string' ? step : step.action;
}

function unknown(field: string, value: string, names: readonly string[]): InvalidInput {
  const guess = nearest(value, names);
  return new InvalidInput(field, value, `${guess ? `${guess}? Known: ` : 'one of '}${names.join(', ')}`);
}
