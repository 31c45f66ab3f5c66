import { createHash } from 'node:crypto';
import { configure } from 'safe-stable-stringify';
import type { JsonObject } from '../model/json.js';
import type { Plan, PlannedStep } from '../model/plan.js';
import type { Snapshot } from '../model/recovery.js';

/** Keys sorted by code unit and numbers as ECMAScript writes them: the form of RFC 8785. */
const canonical = configure({ deterministic: true, circularValue: Error, bigint: false });

type Digested = Omit<
  Plan,
  | 'digest'
  | 'steps'
  | 'lines'
  | 'about'
  | 'explanation'
  | 'evidence'
  | 'alternatives'
  | 'riskReasons'
  | 'circumstances'
  | 'description'
>;

/**
 * SHA-256 (hex) over the canonical JSON (RFC 8785) of everything that determines effects: resolved steps with their
 * inputs, rollbacks and action versions, parameters, targets as they were seen, policy and constitution.
 */
export function planDigest(plan: Digested, steps: readonly PlannedStep[]): string {
  const { service, kind, name, params, incident, riskScore, risk, targets, verified, policy, constitution } = plan;
  const { timeoutMs, drill } = plan;
  return sha256({
    service,
    kind,
    name,
    params,
    incident,
    riskScore,
    risk,
    targets,
    verified,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(drill ? { drill } : {}),
    policy,
    constitution,
    steps,
  });
}

/** Digest of a single step, for an approval of that step alone; `facts` are those of its detail. */
export function stepDigest(
  planDigestHex: string,
  step: { id: string; action: string; input: unknown },
  facts?: JsonObject,
): string {
  return sha256({ plan: planDigestHex, id: step.id, action: step.action, input: step.input, ...(facts && { facts }) });
}

/** The same request again has the same digest; who asks and why does not matter. */
export function requestDigest(request: {
  service: string;
  runbook?: string;
  strategy?: string;
  params?: unknown;
  steps?: unknown;
  drill?: true;
}): string {
  const { service, runbook = null, strategy = null, params = {}, steps, drill } = request;
  return sha256({
    service,
    runbook,
    strategy,
    params,
    ...(steps === undefined ? {} : { steps }),
    ...(drill ? { drill } : {}),
  });
}

const intact = new WeakMap<Plan, boolean>();

/** False when a stored plan is not the one that its digest names: somebody edited it. Computed once a loaded plan. */
export function isIntact({ recovery }: Snapshot): boolean {
  const { plan, planDigest: stored } = recovery;
  const known = intact.get(plan);
  if (known !== undefined) return known;
  const holds = stored === plan.digest && planDigest(plan, plan.steps) === stored;
  intact.set(plan, holds);
  return holds;
}

/** `7f3a·91c2`: what a person compares. */
export function shortDigest(digest: string): string {
  return `${digest.slice(0, 4)}·${digest.slice(4, 8)}`;
}

/** The same text for the same value, in whatever order its keys come. */
export function canonicalJson(value: unknown): string {
  return canonical(value) ?? '';
}

/** SHA-256 (hex) over canonical JSON. */
export function digestOf(value: unknown): string {
  return sha256(value);
}

function sha256(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
