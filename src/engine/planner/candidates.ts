import type { Action } from '../actions/action.js';
import type { RecoverRequest, StepCall } from '../engine.js';
import { InvalidInput, NotFound } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';
import type { Plan, PlannedStep, TargetState } from '../model/plan.js';
import type { Service } from '../model/service.js';
import { type CompileContext, type Compiled, compileRunbook, compileSteps } from './compile.js';
import { type Evidence, evidenceFor, trustIn, type Weighed } from './evidence.js';
import { type Match, matchOf, type Situation } from './match.js';
import { nearest } from './nearest.js';
import { NotPossibleNow } from './not-now.js';
import { priorOf } from './priors.js';
import { ranked, type Standing } from './ranking.js';
import { longForm, type Runbook, type RunbookStep, riskNumber } from './runbook.js';
import { unfitNow, withoutImpossible } from './strategies/rungs.js';
import { stepsOfStrategy, strategist } from './strategies/strategies.js';
import type { Strategy } from './strategies/strategy.js';

/** Something that could be done about a service, with what is known of it. */
export interface Candidate extends Standing {
  kind: Plan['kind'];
  compile(): Promise<Compiled>;
  declared?: number;
  description: string;
  /** Why it fits the incident; empty: it is one of the service's. */
  because: string;
  /** Nobody has said that it is for this service: what stands against it makes it impossible, and is no mistake to mend. */
  guessed: boolean;
}

export interface CandidatePorts {
  runbooks: readonly Runbook[];
  strategies: ReadonlyMap<string, Strategy>;
  actions: ReadonlyMap<string, Action>;
  /** What services look like now. */
  observe(services: string[]): Promise<TargetState[]>;
  now: () => Date;
}

/** The situation of one service, with what was tried in others like it. */
export interface Case extends Situation {
  service: Service;
  past: readonly Weighed[];
}

export interface Candidates {
  /** The best first; what a person names is alone. */
  possible: Candidate[];
  /** Runbooks that fit too little to be chosen by themselves, the nearest first. */
  unfit: Candidate[];
}

/** What could be done. */
export function candidatesFor(
  request: RecoverRequest,
  context: CompileContext,
  about: Case,
  ports: CandidatePorts,
): Candidates {
  const { service, past } = about;
  const { concepts } = about.known.tokens;
  const trust = trustIn(past, ports.now());
  const evidenceOf = (kind: Plan['kind'], name: string) =>
    evidenceFor(kind, name, past, ports.now(), priorOf({ kind, name }, service, concepts), trust);
  const order = (names: readonly string[]) =>
    [...names]
      .map((name) => ({ name, posterior: evidenceOf('strategy', name).posterior }))
      .sort((a, b) => b.posterior - a.posterior)
      .map(({ name }) => name);
  const parts = { actions: ports.actions, order };
  const status = async () => (await ports.observe([service.name]))[0]?.status ?? 'unknown';
  const rungPorts = { ...parts, strategies: ports.strategies, status };
  const ofRunbook = (runbook: Runbook, { relevance, because, declared }: Match): Candidate => ({
    kind: 'runbook',
    name: runbook.id,
    description: runbook.description,
    evidence: evidenceOf('runbook', runbook.id),
    relevance,
    because,
    guessed: !declared,
    risk: stepsRisk(runbook.steps, ports.actions),
    compile: async () => {
      if (!declared) refuseWithoutParams(runbook, service, context.params);
      return compileRunbook(runbook, context);
    },
    ...(runbook.risk === undefined ? {} : { declared: riskNumber(runbook.risk) }),
  });
  const ofStrategy = (name: string): Candidate => ({
    kind: 'strategy',
    name,
    description: ports.strategies.get(name)?.description ?? '',
    evidence: evidenceOf('strategy', name),
    relevance: 1,
    because: '',
    guessed: false,
    risk: stepsRisk(strategist(service, ports.strategies, parts)(name) ?? [], ports.actions),
    compile: async () => {
      refuseParams(name, context.params);
      const strategy = ports.strategies.get(name);
      const unfit = request.strategy === undefined ? await unfitNow(strategy, service, rungPorts) : undefined;
      if (unfit !== undefined) throw new NotPossibleNow(unfit);
      const { strategies, leftOut } = strategy
        ? await withoutImpossible(strategy, service, context, rungPorts)
        : { strategies: ports.strategies, leftOut: [] };
      const steps = stepsOfStrategy(name, service, strategies, parts);
      return { params: {}, steps: await compileSteps(steps, context, name), leftOut };
    },
  });
  const alone = (possible: Candidate): Candidates => ({ possible: [possible], unfit: [] });
  if (request.steps) return alone(ofSteps(request.steps, context, evidenceOf('steps', request.steps.name)));
  if (request.runbook !== undefined)
    return alone(ofRunbook(findRunbook(request.runbook, ports.runbooks), { ...NAMED, fits: true }));
  if (request.strategy !== undefined) return alone(ofStrategy(request.strategy));
  const matched = ports.runbooks.map((runbook) => ({ runbook, match: matchOf(runbook, about) }));
  const those = (fits: boolean) =>
    ranked(matched.filter(({ match }) => match.fits === fits).map(({ runbook, match }) => ofRunbook(runbook, match)));
  const strategies = service.recoveryStrategies.filter(strategist(service, ports.strategies, parts)).map(ofStrategy);
  return {
    possible: ranked([...those(true), ...strategies]),
    unfit: those(false).filter(({ relevance }) => relevance >= WORTH_NAMING),
  };
}

/** A person says so. */
const NAMED = { relevance: 1, because: '', declared: true };
/** Below it, what a runbook has in common with an incident may be chance. */
const WORTH_NAMING = 0.25;

/** The riskiest, as far as it is known before anything is filled in. */
function stepsRisk(steps: readonly RunbookStep[], actions: ReadonlyMap<string, Action>): number {
  const risks = steps.map((step) => {
    const action = actions.get(typeof step === 'string' ? (step.split(':')[0] ?? '').trim() : step.action);
    return Math.max(
      typeof action?.risk === 'number' ? action.risk : 0,
      typeof step === 'string' || step.risk === undefined ? 0 : riskNumber(step.risk),
    );
  });
  return Math.max(0, ...risks);
}

/** Nobody has said what they shall be. */
function refuseWithoutParams({ id, params }: Runbook, service: Service, given: JsonObject): void {
  const missing = Object.keys(params).filter((key) => params[key]?.default === undefined && given[key] === undefined);
  if (missing.length > 0)
    throw new NotPossibleNow(
      `It needs ${missing.join(', ')}: recover ${service.name} --runbook ${id} ${missing.map((key) => `${key}=...`).join(' ')}`,
      { runbook: id },
    );
}

/** Calls that were decided on elsewhere, each once. Of an undo nothing is undone when one fails. */
function ofSteps(
  { name, calls, sent = false }: NonNullable<RecoverRequest['steps']>,
  context: CompileContext,
  evidence: Evidence,
): Candidate {
  const steps = calls.map(({ name: title, action, input, pool }) => ({
    ...longForm({ action, with: input }),
    ...(title === undefined ? {} : { name: title }),
    pool,
    on_failure: sent ? ('rollback' as const) : ('stop' as const),
  }));
  const kind = sent ? 'sent' : 'steps';
  return {
    kind,
    name,
    description: name,
    evidence,
    relevance: 1,
    because: '',
    guessed: false,
    risk: 0,
    async compile() {
      const compiled = await compileSteps(steps, { ...context, literal: true }, sent ? 'sent' : name);
      const asSaid = (step: PlannedStep, { line = step.line, title = step.name }: Partial<StepCall> = {}) => ({
        ...step,
        name: title,
        line,
      });
      return { params: {}, steps: compiled.map((step, at) => asSaid(step, calls[at])) };
    },
  };
}

function refuseParams(strategy: string, params: JsonObject): void {
  const [key] = Object.keys(params);
  if (key !== undefined)
    throw new InvalidInput(`${strategy}: parameter ${key}`, params[key], 'no parameters, since a strategy has none');
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

export function findService<S extends Pick<Service, 'name'>>(name: string, services: readonly S[]): S {
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
