import type { BackupCatalog } from '../actions/action.js';
import { atLeast, type Constitution, forbids } from '../constitution/constitution.js';
import type { RecoverRequest } from '../engine.js';
import { RecoveryConstitutionalError } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';
import type { Alternative, Plan, PlannedStep, TargetState } from '../model/plan.js';
import type { Service } from '../model/service.js';
import type { SnapshotCatalog } from '../snapshots/snapshot.js';
import { type Candidate, type CandidatePorts, candidatesFor, findService } from './candidates.js';
import { circumstancesOf, type Proof } from './circumstances.js';
import type { Compiled } from './compile.js';
import { planDigest } from './digest.js';
import { describeEvidence, type PastOutcome } from './evidence.js';
import { noPlan } from './no-plan.js';
import { type LeftOut, leftOutInWords, NotPossibleNow } from './not-now.js';
import { type ApprovalPolicy, decidePolicy } from './policy.js';
import { planRisk } from './risk.js';
import { strategist } from './strategies/strategies.js';
import { type SurroundPorts, surrounded } from './surround.js';

export interface PlannerPorts extends CandidatePorts, SurroundPorts {
  /** Those that are known now. */
  services(): readonly Service[];
  backups: BackupCatalog;
  snapshots: SnapshotCatalog;
  pools: readonly string[];
  policy: ApprovalPolicy;
  constitution: Constitution;
  /** Latest outcomes of a service, newest first, a few hundred at most. */
  past(service: string): Promise<PastOutcome[]>;
  /** Last proofs of a service's plans; undefined: there is nothing to look them up in. */
  proofs(service: string): Promise<Proof[] | undefined>;
  /** What the targets look like now; part of the digest. */
  observe(services: string[]): Promise<TargetState[]>;
}

export type MakePlan = (
  request: RecoverRequest,
  requester: { name: string; roles: readonly string[] },
  incident?: JsonObject,
) => Promise<Plan>;

/**
 * Makes plans. What a person names wins: runbook, then strategy. Otherwise a matching runbook goes before a strategy, and
 * within each kind what worked goes first. The same data give the same plan.
 */
export function createPlanner(ports: PlannerPorts): MakePlan {
  return async (request, requester, incident = {}) => {
    // One plan, one view of what there is.
    const services = ports.services();
    const service = findService(request.service, services);
    const [past, proofs] = await Promise.all([ports.past(service.name), ports.proofs(service.name)]);
    const context = {
      ...ports,
      services,
      service,
      params: request.params ?? {},
      incident: { ...NO_INCIDENT, ...incident },
    };
    const candidates = candidatesFor(request, context, past, ports);
    const { chosen, compiled, impossible } = await firstPossible(candidates, service, () =>
      possibleStrategies(service, ports),
    );
    const { params } = compiled;
    const { steps: whole, reasons } = await surrounded(chosen.kind, compiled.steps, context, ports);
    const lines = whole.map(({ line = null }) => line);
    const steps = whole.map(({ line: _, ...step }): PlannedStep => step);
    refuseForbidden(steps, ports.constitution);
    const { raises } = ports.policy;
    const circumstances = circumstancesOf(chosen, service, { services, past, proofs, raises, now: ports.now() });
    const risk = planRisk({
      declared: chosen.declared,
      steps,
      history: chosen.evidence,
      circumstances,
      // What is built in is proven by whoever builds it.
      ...(chosen.kind === 'runbook' ? { provenWithinDays: raises.provenWithinMs / DAY_MS } : {}),
    });
    const targets = await ports.observe(targetsOf(service, steps));
    const body = {
      service: service.name,
      kind: chosen.kind,
      name: chosen.name,
      params,
      incident: context.incident,
      riskScore: risk.score,
      risk: risk.decides,
      targets,
      verified: service.health.length > 0 && chosen.kind !== 'steps',
      ...(compiled.timeoutMs === undefined ? {} : { timeoutMs: compiled.timeoutMs }),
      constitution: ports.constitution.hash,
    };
    const policy = atLeast(
      ports.constitution,
      await decidePolicy(ports.policy, { ...body, circumstances }, service, requester),
      risk.decides,
      service,
    );
    const digested = { ...body, policy };
    return {
      ...digested,
      steps,
      lines,
      digest: planDigest(digested, steps),
      description: chosen.description,
      riskReasons: [...risk.reasons, ...reasons],
      circumstances,
      explanation: explained(describeEvidence(chosen.evidence, service.name), [
        ...impossible,
        ...(compiled.leftOut ?? []),
      ]),
      alternatives: [
        ...impossible.map(({ kind, name, reason }) => ({ kind, name, reason: `not possible: ${reason}` })),
        ...candidates.slice(candidates.indexOf(chosen) + 1).map((other) => alternative(other, service.name)),
      ].slice(0, 3),
    };
  };
}

const DAY_MS = 86_400_000;

interface Impossible extends LeftOut {
  kind: Plan['kind'];
}

/** The best candidate that can be carried out now; one that cannot, such as for want of a backup, says why instead. */
async function firstPossible(
  candidates: readonly Candidate[],
  service: Service,
  /** Strategies that its runtime can do, whether it may or not. */
  possible: () => string[],
): Promise<{ chosen: Candidate; compiled: Compiled; impossible: Impossible[] }> {
  const impossible: Impossible[] = [];
  for (const chosen of candidates) {
    try {
      return { chosen, compiled: await chosen.compile(), impossible };
    } catch (error) {
      if (!(error instanceof NotPossibleNow)) throw error;
      if (candidates.length === 1) throw error;
      impossible.push({ kind: chosen.kind, name: chosen.name, reason: error.message });
    }
  }
  if (impossible.length === 0) throw noPlan(service, possible());
  throw new NotPossibleNow(
    `Nothing can be done for ${service.name} now: ${leftOutInWords(impossible)}. Nothing was changed.`,
    { service: service.name, plan: impossible[0]?.name ?? '' },
  );
}

function explained(evidence: string, left: readonly LeftOut[]): string {
  return left.length > 0 ? `${evidence}; left out: ${leftOutInWords(left)}` : evidence;
}

function refuseForbidden(steps: readonly PlannedStep[], constitution: Constitution): void {
  for (const step of steps) {
    const why = forbids(constitution, step);
    if (why)
      throw new RecoveryConstitutionalError(`Step "${step.name}": ${why}. Nothing ran.`, {
        step: step.id,
        hash: constitution.hash,
      });
  }
}

/** What a person's own request says of the incident: conditions and templates may ask for it all the same. */
const NO_INCIDENT = { title: '', severity: 0 };

function targetsOf(service: Service, steps: readonly PlannedStep[]): string[] {
  return [...new Set([service.name, ...steps.flatMap((step) => step.services)])].sort();
}

function alternative(candidate: Candidate, service: string): Alternative {
  const { kind, name, evidence } = candidate;
  const tries = evidence.successes + evidence.failures;
  return { kind, name, reason: tries === 0 ? 'no history' : `${evidence.successes} of ${tries} for ${service}` };
}

function possibleStrategies(service: Service, { strategies, actions }: PlannerPorts): string[] {
  const stepsOf = strategist(service, strategies, { actions, order: (names) => [...names] });
  return [...strategies.keys()].filter((name) => stepsOf(name));
}
