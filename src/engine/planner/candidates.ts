import type { Action } from '../actions/action.js';
import type { RecoverRequest, StepCall } from '../engine.js';
import { InvalidInput, NotFound } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';
import type { Plan, PlannedStep, TargetState } from '../model/plan.js';
import type { Service } from '../model/service.js';
import { type CompileContext, type Compiled, compileRunbook, compileSteps } from './compile.js';
import { type Evidence, evidenceFor, type PastOutcome } from './evidence.js';
import { nearest } from './nearest.js';
import { NotPossibleNow } from './not-now.js';
import { longForm, type Runbook, riskNumber } from './runbook.js';
import { unfitNow, withoutImpossible } from './strategies/rungs.js';
import { stepsOfStrategy, strategist } from './strategies/strategies.js';
import type { Strategy } from './strategies/strategy.js';

/** Something that could be done about a service, with what is known of it. */
export interface Candidate {
  kind: Plan['kind'];
  name: string;
  evidence: Evidence;
  compile(): Promise<Compiled>;
  declared?: number;
  description: string;
}

export interface CandidatePorts {
  runbooks: readonly Runbook[];
  strategies: ReadonlyMap<string, Strategy>;
  actions: ReadonlyMap<string, Action>;
  /** What services look like now. */
  observe(services: string[]): Promise<TargetState[]>;
  now: () => Date;
}

/** What could be done, the best first; what a person names is alone. */
export function candidatesFor(
  request: RecoverRequest,
  context: CompileContext,
  past: PastOutcome[],
  ports: CandidatePorts,
): Candidate[] {
  const { service } = context;
  const evidenceOf = (name: string) => evidenceFor('strategy', name, past, ports.now());
  const order = (names: readonly string[]) =>
    ranked(names.map((name) => ({ name, evidence: evidenceOf(name) }))).map(({ name }) => name);
  const parts = { actions: ports.actions, order };
  const status = async () => (await ports.observe([service.name]))[0]?.status ?? 'unknown';
  const rungPorts = { ...parts, strategies: ports.strategies, status };
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
  if (request.steps) return [ofSteps(request.steps, context, past, ports)];
  if (request.runbook !== undefined) return [ofRunbook(findRunbook(request.runbook, ports.runbooks))];
  if (request.strategy !== undefined) return [ofStrategy(request.strategy)];
  const runbooks = ports.runbooks.filter((runbook) => runbook.match.services.includes(service.name)).map(ofRunbook);
  const strategies = service.recoveryStrategies.filter(strategist(service, ports.strategies, parts)).map(ofStrategy);
  return [...ranked(runbooks), ...ranked(strategies)];
}

/** Calls that were decided on elsewhere, each once. Of an undo nothing is undone when one fails. */
function ofSteps(
  { name, calls, sent = false }: NonNullable<RecoverRequest['steps']>,
  context: CompileContext,
  past: PastOutcome[],
  ports: CandidatePorts,
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
    evidence: evidenceFor(kind, name, past, ports.now()),
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
