import type { BackupCatalog } from '../actions/action.js';
import { atLeast, type Constitution, forbids } from '../constitution/constitution.js';
import { constitutional } from '../constitution/constitutional.js';
import type { RecoverRequest } from '../engine.js';
import { type Known, NOTHING_KNOWN } from '../knowledge/look.js';
import { UserError } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';
import type { Alternative, Plan, PlannedStep, TargetState } from '../model/plan.js';
import type { Service } from '../model/service.js';
import type { SnapshotCatalog } from '../snapshots/snapshot.js';
import { aboutOf, alertsOf, weighed } from './about.js';
import { type Candidate, type CandidatePorts, candidatesFor, findService } from './candidates.js';
import { circumstancesOf, type Proof } from './circumstances.js';
import type { Compiled } from './compile.js';
import { planDigest } from './digest.js';
import { askedOf, drilled, imaginedIncident, requireDrillable } from './drill.js';
import { describeEvidence, type PastOutcome, toPlanEvidence } from './evidence.js';
import { noPlan } from './no-plan.js';
import { type LeftOut, leftOutInWords, NotPossibleNow } from './not-now.js';
import { type ApprovalPolicy, decidePolicy } from './policy.js';
import { whyNot } from './ranking.js';
import { planRisk } from './risk.js';
import { strategist } from './strategies/strategies.js';
import { type SurroundPorts, surrounded } from './surround.js';

import { withoutName } from './technology.js';

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
  /** What is known about the text of an incident. */
  look(text: string): Promise<Known>;
  /** What the targets look like now; part of the digest. */
  observe(services: string[]): Promise<TargetState[]>;
}

export type MakePlan = (
  request: RecoverRequest,
  requester: { name: string; roles: readonly string[] },
  incident?: JsonObject,
) => Promise<Plan>;

/**
 * Makes plans. What a person names wins: runbook, then strategy. Otherwise a runbook that fits goes before a strategy, and within
 * each kind what fits and worked goes first (docs/planning.md). The same data give the same plan.
 */
export function createPlanner(ports: PlannerPorts): MakePlan {
  return async (request, requester, found = {}) => {
    // One plan, one view of what there is.
    const services = ports.services();
    const service = findService(request.service, services);
    if (request.drill) requireDrillable(service);
    const incident = request.drill ? imaginedIncident(service) : found;
    const text = request.steps ? '' : aboutOf(request, incident);
    const [past, proofs, known] = await Promise.all([
      ports.past(service.name),
      ports.proofs(service.name),
      text ? ports.look(withoutName(text, service.name)) : NOTHING_KNOWN,
    ]);
    const about = {
      service,
      text,
      alerts: alertsOf(request, incident),
      known,
      past: weighed(past, known, service.name),
    };
    const context = {
      ...ports,
      services,
      service,
      params: request.params ?? {},
      incident: { ...NO_INCIDENT, ...incident },
    };
    const { possible, unfit } = candidatesFor(request, context, about, ports);
    const { chosen, compiled, impossible } = await firstPossible(possible, unfit, service, () =>
      possibleStrategies(service, ports),
    );
    const { params } = compiled;
    const { steps: remedy, reasons } = await surrounded(chosen.kind, compiled.steps, context, ports);
    const whole = request.drill ? await drilled(remedy, context) : remedy;
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
      ...(request.drill ? { drill: true as const } : {}),
      constitution: ports.constitution.hash,
    };
    const decided = atLeast(
      ports.constitution,
      await decidePolicy(ports.policy, { ...body, circumstances }, service, requester),
      risk.decides,
      service,
    );
    const policy = request.drill ? askedOf(decided) : decided;
    const digested = { ...body, policy };
    return {
      ...digested,
      steps,
      lines,
      digest: planDigest(digested, steps),
      description: chosen.description,
      riskReasons: [...risk.reasons, ...reasons],
      circumstances,
      ...(text ? { about: text } : {}),
      explanation: explained(chosen, service.name, [...impossible, ...(compiled.leftOut ?? [])]),
      evidence: toPlanEvidence(chosen.evidence, service.name),
      alternatives: [
        ...impossible.map(({ kind, name, reason }) => impossibleOne(kind, name, reason)),
        ...possible.slice(possible.indexOf(chosen) + 1).map((other) => alternative(other, chosen, service.name)),
        ...unfit.map((other) => ({ ...alternative(other, chosen, service.name), whyNot: other.because })),
      ].slice(0, MOST_ALTERNATIVES),
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
  unfit: readonly Candidate[],
  service: Service,
  /** Strategies that its runtime can do, whether it may or not. */
  possible: () => string[],
): Promise<{ chosen: Candidate; compiled: Compiled; impossible: Impossible[] }> {
  const impossible: Impossible[] = [];
  for (const chosen of candidates) {
    try {
      return { chosen, compiled: await chosen.compile(), impossible };
    } catch (error) {
      if (!(error instanceof NotPossibleNow) && !(chosen.guessed && error instanceof UserError)) throw error;
      if (candidates.length === 1) throw error;
      impossible.push({ kind: chosen.kind, name: chosen.name, reason: error.message });
    }
  }
  if (impossible.length === 0) throw noPlan(service, possible(), unfit);
  throw new NotPossibleNow(
    `Nothing can be done for ${service.name} now: ${leftOutInWords(impossible)}. Nothing was changed.`,
    { service: service.name, plan: impossible[0]?.name ?? '' },
  );
}

function explained(chosen: Candidate, service: string, left: readonly LeftOut[]): string {
  const evidence = [chosen.because, describeEvidence(chosen.evidence, service)].filter(Boolean).join('; ');
  return left.length > 0 ? `${evidence}; left out: ${leftOutInWords(left)}` : evidence;
}

function refuseForbidden(steps: readonly PlannedStep[], constitution: Constitution): void {
  for (const step of steps) {
    const why = forbids(constitution, step);
    if (why) throw constitutional(`step "${step.name}": ${why}`, { step: step.id, hash: constitution.hash });
  }
}

/** What a person's own request says of the incident: conditions and templates may ask for it all the same. */
const NO_INCIDENT = { title: '', severity: 0 };

function targetsOf(service: Service, steps: readonly PlannedStep[]): string[] {
  return [...new Set([service.name, ...steps.flatMap((step) => step.services)])].sort();
}

const MOST_ALTERNATIVES = 3;

function alternative(other: Candidate, chosen: Candidate, service: string): Alternative {
  const { kind, name, evidence } = other;
  const tries = evidence.successes + evidence.failures;
  const reason = tries === 0 ? 'no history' : `${evidence.successes} of ${tries} for ${service}`;
  return { kind, name, reason, whyNot: whyNot(other, chosen) };
}

function possibleStrategies(service: Service, { strategies, actions }: PlannerPorts): string[] {
  const stepsOf = strategist(service, strategies, { actions, order: (names) => [...names] });
  return [...strategies.keys()].filter((name) => stepsOf(name));
}

function impossibleOne(kind: Plan['kind'], name: string, reason: string): Alternative {
  return { kind, name, reason: `not possible: ${reason}`, whyNot: `not possible now: ${reason}` };
}
