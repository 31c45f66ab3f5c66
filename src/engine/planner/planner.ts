import { type Action, ActionError, type BackupCatalog } from '../actions/action.js';
import { atLeast, type Constitution, forbids } from '../constitution/constitution.js';
import type { RecoverRequest } from '../engine.js';
import { InvalidInput, NotFound, RecoveryConstitutionalError, UserError } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';
import type { Alternative, Plan, PlannedStep, TargetState } from '../model/plan.js';
import type { Service } from '../model/service.js';
import type { SnapshotCatalog } from '../snapshots/snapshot.js';
import { type CompileContext, type Compiled, compileRunbook, compileSteps } from './compile.js';
import { dependenciesFirst } from './dependencies.js';
import { planDigest } from './digest.js';
import { describeEvidence, type Evidence, evidenceFor, type PastOutcome } from './evidence.js';
import { nearest } from './nearest.js';
import { type ApprovalPolicy, decidePolicy } from './policy.js';
import { planRisk } from './risk.js';
import { type LongStep, longForm, type Runbook, type RunbookStep, riskNumber } from './runbook.js';
import { stepsOfStrategy, strategist } from './strategies/strategies.js';
import type { Strategy } from './strategies/strategy.js';

export interface PlannerPorts {
  services: readonly Service[];
  runbooks: readonly Runbook[];
  strategies: ReadonlyMap<string, Strategy>;
  actions: ReadonlyMap<string, Action>;
  backups: BackupCatalog;
  snapshots: SnapshotCatalog;
  pools: readonly string[];
  policy: ApprovalPolicy;
  constitution: Constitution;
  /** Latest outcomes of a service, newest first, a few hundred at most. */
  past(service: string): Promise<PastOutcome[]>;
  /** Services whose health check fails now. */
  unhealthy(): Promise<ReadonlySet<string>>;
  /** What the targets look like now; part of the digest. */
  observe(services: string[]): Promise<TargetState[]>;
  now: () => Date;
}

interface Candidate {
  kind: 'runbook' | 'strategy';
  name: string;
  evidence: Evidence;
  compile(): Promise<Compiled>;
  declared?: number;
  description: string;
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
    const service = findService(request.service, ports.services);
    const past = await ports.past(service.name);
    const context = { ...ports, service, params: request.params ?? {}, incident: { ...NO_INCIDENT, ...incident } };
    const candidates = candidatesFor(request, context, past, ports);
    const { chosen, compiled, impossible } = await firstPossible(candidates, service);
    const { params } = compiled;
    const needed = await dependenciesFirst(compiled.steps, context, {
      unhealthy: await ports.unhealthy(),
      stepsFor: (dependency) => firstStrategy(dependency, ports),
    });
    const steps = await withVerification(needed.steps, context);
    refuseForbidden(steps, ports.constitution);
    const risk = planRisk({
      declared: chosen.declared,
      steps,
      service,
      services: ports.services,
      history: chosen.evidence,
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
      verified: service.health.length > 0,
      constitution: ports.constitution.hash,
    };
    const policy = atLeast(
      ports.constitution,
      await decidePolicy(ports.policy, body, service, requester),
      risk.decides,
      service,
    );
    const digested = { ...body, policy };
    return {
      ...digested,
      steps,
      digest: planDigest(digested, steps),
      description: chosen.description,
      riskReasons: [...risk.reasons, ...needed.reasons],
      explanation: describeEvidence(chosen.evidence, service.name),
      alternatives: [
        ...impossible,
        ...candidates.slice(candidates.indexOf(chosen) + 1).map((other) => alternative(other, service.name)),
      ].slice(0, 3),
    };
  };
}

/** The best candidate that can be carried out now; one that cannot, such as for want of a backup, says why instead. */
async function firstPossible(
  candidates: readonly Candidate[],
  service: Service,
): Promise<{ chosen: Candidate; compiled: Compiled; impossible: Alternative[] }> {
  const impossible: Alternative[] = [];
  for (const chosen of candidates) {
    try {
      return { chosen, compiled: await chosen.compile(), impossible };
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
      impossible.push({ kind: chosen.kind, name: chosen.name, reason: `not possible: ${error.message}` });
    }
  }
  const [first] = impossible;
  if (!first) throw noPlan(service);
  throw new UserError('invalid_input', `${first.name} is ${first.reason}`, { service: service.name, plan: first.name });
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

export function findService(name: string, services: readonly Service[]): Service {
  const found = services.find((service) => service.name === name);
  if (found) return found;
  throw new NotFound(
    'service',
    name,
    nearest(
      name,
      services.map((service) => service.name),
    ),
  );
}

/** What a person's own request says of the incident: conditions and templates may ask for it all the same. */
const NO_INCIDENT = { title: '', severity: 0 };

function candidatesFor(
  request: RecoverRequest,
  context: CompileContext,
  past: PastOutcome[],
  ports: PlannerPorts,
): Candidate[] {
  const { service } = context;
  const evidenceOf = (name: string) => evidenceFor('strategy', name, past, ports.now());
  const order = (names: readonly string[]) =>
    ranked(names.map((name) => ({ name, evidence: evidenceOf(name) }))).map(({ name }) => name);
  const parts = { actions: ports.actions, order };
  const ofRunbook = (runbook: Runbook): Candidate => ({
    kind: 'runbook',
    name: runbook.id,
    description: runbook.description,
    evidence: evidenceFor('runbook', runbook.id, past, ports.now()),
    compile: () => compileRunbook(runbook, context),
    ...(runbook.risk === undefined ? {} : { declared: riskNumber(runbook.risk) }),
  });
  const ofStrategy = (name: string): Candidate => ({
    kind: 'strategy',
    name,
    description: ports.strategies.get(name)?.description ?? '',
    evidence: evidenceOf(name),
    compile: async () => {
      refuseParams(name, context.params);
      const steps = stepsOfStrategy(name, service, ports.strategies, parts);
      return { params: {}, steps: await compileSteps(steps, context, name) };
    },
  });
  if (request.runbook !== undefined) return [ofRunbook(findRunbook(request.runbook, ports.runbooks))];
  if (request.strategy !== undefined) return [ofStrategy(request.strategy)];
  const runbooks = ports.runbooks.filter((runbook) => runbook.match.services.includes(service.name)).map(ofRunbook);
  const strategies = service.recoveryStrategies.filter(strategist(service, ports.strategies, parts)).map(ofStrategy);
  return [...ranked(runbooks), ...ranked(strategies)];
}

function refuseParams(strategy: string, params: JsonObject): void {
  const [key] = Object.keys(params);
  if (key !== undefined)
    throw new InvalidInput(`${strategy}: parameter ${key}`, params[key], 'no parameters, since a strategy has none');
}

/** What brings a dependency back: the first of its strategies that can be done. */
function firstStrategy(service: Service, { strategies, actions }: PlannerPorts): RunbookStep[] | undefined {
  const stepsOf = strategist(service, strategies, { actions, order: (names) => [...names] });
  return service.recoveryStrategies.map(stepsOf).find((steps) => steps !== undefined);
}

/** Stable: equal evidence keeps the order of the configuration. */
function ranked<C extends { evidence: Evidence }>(candidates: readonly C[]): C[] {
  return [...candidates].sort((a, b) => b.evidence.posterior - a.evidence.posterior);
}

function findRunbook(id: string, runbooks: readonly Runbook[]): Runbook {
  const found = runbooks.find((runbook) => runbook.id === id || runbook.name === id);
  if (found) return found;
  throw new NotFound(
    'runbook',
    id,
    nearest(
      id,
      runbooks.map((runbook) => runbook.id),
    ),
  );
}

/** A recovery succeeds only when the health check holds after the last step: that is a step of its own. */
async function withVerification(steps: PlannedStep[], context: CompileContext): Promise<PlannedStep[]> {
  const { service } = context;
  const last = steps.at(-1);
  if (service.health.length === 0 || (last && verifies(last, service))) return steps;
  const verify: LongStep = {
    ...longForm({ action: 'check_health', with: { service: service.name } }),
    id: steps.some((step) => step.id === 'verify') ? 'reviver_verify' : 'verify',
    name: `Verify ${service.name}`,
    approval: 'never',
    timeout: '60s',
    ...(last ? { pool: last.pool } : {}),
  };
  const compiled = await compileSteps([verify], context, 'verification');
  return [...steps, ...compiled.map((step) => ({ ...step, stage: (last?.stage ?? -1) + 1 }))];
}

/** A check that may be skipped, or may fail without consequence, verifies nothing. */
function verifies({ action, input, when, onFailure }: PlannedStep, service: Service): boolean {
  return action === 'check_health' && input.service === service.name && when === undefined && onFailure !== 'continue';
}

function targetsOf(service: Service, steps: readonly PlannedStep[]): string[] {
  return [...new Set([service.name, ...steps.flatMap((step) => step.services)])].sort();
}

function alternative(candidate: Candidate, service: string): Alternative {
  const { kind, name, evidence } = candidate;
  const tries = evidence.successes + evidence.failures;
  return { kind, name, reason: tries === 0 ? 'no history' : `${evidence.successes} of ${tries} for ${service}` };
}

function noPlan(service: Service): UserError {
  return new UserError(
    'invalid_input',
    `There is no plan for ${service.name}: no runbook matches it and it has no strategy that ${service.runtime} can do. ` +
      `Add "match: { services: [${service.name}] }" to a runbook, or recovery_strategies to the service.`,
    { service: service.name },
  );
}
