import type { JsonObject } from '../model/json.js';
import type { Service } from '../model/service.js';
import { templateFacts } from '../planner/compose.js';
import type { Runbook } from '../planner/runbook.js';
import type { Known } from '../rehearsal/installation-for.js';
import { type LintStep, stepsIn } from './steps.js';

/** What runbooks are looked at with. */
export interface Surroundings extends Known {
  configured: (NonNullable<Known['configured']> & { recoveryTimeoutMs: number }) | undefined;
}

/** One runbook, spread out for the rules. */
export interface Subject {
  runbook: Runbook;
  /** Every step, also those in groups, in the order in which they are written. */
  steps: readonly LintStep[];
  /** Every text, with its place. */
  texts: readonly Text[];
  surroundings: Surroundings;
  /** The name of a service that is made up, since the runbook is for none of the configured ones. */
  standIn: string | undefined;
}

export interface Text {
  path: readonly PropertyKey[];
  text: string;
  /** What stands before it in a list: of `[--password, hunter2]` the first tells what the second is. */
  before?: string;
}

export async function subjectOf(runbook: Runbook, surroundings: Surroundings): Promise<Subject> {
  const fitting = surroundings.configured?.services.find(({ name }) => runbook.match.services.includes(name));
  const service = fitting ?? { ...IMAGINED, name: runbook.match.services[0] ?? 'imagined' };
  const facts = sampleFacts(runbook, service);
  return {
    runbook,
    steps: await stepsIn(runbook.steps, facts, surroundings.actions),
    texts: textsIn(runbook, []),
    surroundings,
    standIn: fitting ? undefined : service.name,
  };
}

/** What templates would read: parameters with a default, or a first choice, have it; the others are not known. */
function sampleFacts({ params }: Runbook, service: Service): JsonObject {
  const known = Object.entries(params).flatMap(([name, { default: given, enum: choices }]) => {
    const value = given ?? choices?.[0];
    return value === undefined ? [] : [[name, value] as const];
  });
  return templateFacts({ service, params: Object.fromEntries(known), incident: { title: '', severity: 0 } });
}

const IMAGINED: Service = {
  name: '',
  runtime: 'process',
  health: [],
  recoveryStrategies: [],
  maxRecoveryAttempts: 1,
  criticality: 'medium',
  priority: 5,
  dependsOn: [],
};

function textsIn(value: unknown, path: readonly PropertyKey[], before?: unknown): Text[] {
  if (typeof value === 'string') return [{ path, text: value, ...(typeof before === 'string' ? { before } : {}) }];
  if (Array.isArray(value)) return value.flatMap((one, index) => textsIn(one, [...path, index], value[index - 1]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => textsIn(one, [...path, key]));
}
