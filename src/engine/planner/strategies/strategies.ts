import type { Action } from '../../actions/action.js';
import { parseShortStep } from '../../actions/short-step.js';
import { UserError } from '../../model/errors.js';
import type { RuntimeName, Service } from '../../model/service.js';
import { inWords } from '../../runtimes/kubernetes/place.js';
import { longForm, type RunbookStep } from '../runbook.js';
import { circuitBreak } from './circuit-break.js';
import { failover } from './failover.js';
import { hybrid } from './hybrid.js';
import type { Strategy, StrategyContext } from './strategy.js';

/** Runtimes whose services can be started and stopped by this version. */
const STARTABLE: ReadonlySet<RuntimeName> = new Set(['process', 'docker', 'compose', 'kubernetes', 'systemd']);

/** Whose services are things that can be replaced; a program is what it is. */
const RECREATABLE: ReadonlySet<RuntimeName> = new Set(['docker', 'compose', 'kubernetes']);

const on = (service: Service, ...actions: string[]): RunbookStep[] =>
  actions.map((action) => longForm({ action, with: { service: service.name } }));

const restart: Strategy = {
  name: 'restart',
  description: 'Stop and start the service as it is',
  unfit: gone,
  compile: (service) => (STARTABLE.has(service.runtime) ? rolling(service, 'restart_service') : undefined),
};

const recreate: Strategy = {
  name: 'recreate',
  description: 'Make the service anew from its definition',
  unfit: gone,
  compile(service) {
    if (RECREATABLE.has(service.runtime)) return rolling(service, 'recreate_service');
    return STARTABLE.has(service.runtime) ? on(service, 'stop_service', 'start_service') : undefined;
  },
};

const rollback: Strategy = {
  name: 'rollback',
  description: 'Bring the service back as it was: its newest snapshot, or in Kubernetes the revision before',
  compile(service) {
    // The cluster itself keeps what ran before, whether or not somebody has taken a snapshot.
    if (service.runtime === 'kubernetes') return on(service, 'kubernetes_rollout_undo');
    return keepsState(service) ? on(service, 'restore_snapshot') : undefined;
  },
};

const scaleUp: Strategy = {
  name: 'scale_up',
  description: 'Give the service more: the next size, or one replica',
  unfit: gone,
  compile: (service) => (isScalable(service) ? scaled(service, 1) : undefined),
};

const scaleDown: Strategy = {
  name: 'scale_down',
  description: 'Give the service less: the size before, or one replica less',
  unfit: gone,
  compile: (service) => (isScalable(service) ? scaled(service, -1) : undefined),
};

const scaled = ({ name }: Service, by: number): RunbookStep[] => [
  longForm({ action: 'scale_service', with: { service: name, by } }),
];

/** A container or a workload that somebody removed has nothing that could be started; Compose makes it from its file. */
function gone({ runtime, name, containerName = name, kubernetes }: Service, status: string): string | undefined {
  if (status !== 'missing') return undefined;
  if (runtime === 'kubernetes' && kubernetes) return `there is no ${inWords(kubernetes)}`;
  return runtime === 'docker' ? `there is no container ${containerName}` : undefined;
}

function isScalable({ runtime, sizes, kubernetes }: Service): boolean {
  if (runtime === 'kubernetes') return kubernetes?.kind !== 'daemonset';
  return runtime === 'compose' || (runtime === 'docker' && sizes !== undefined);
}

/** In a cluster pods come one after the other, each when the one before is ready. */
const ROLLOUT = '5m';

const rolling = (service: Service, action: string): RunbookStep[] =>
  service.runtime === 'kubernetes'
    ? [{ ...longForm({ action, with: { service: service.name } }), timeout: ROLLOUT }]
    : on(service, action);

/** A container's definition is its state; of a program only its files are. */
function keepsState({ runtime, dataDir }: Service): boolean {
  return runtime === 'docker' || (runtime === 'process' && dataDir !== undefined);
}

/** The strategies of this version, in the order of their names in the documents; custom ones are added to a copy. */
export const STRATEGIES: ReadonlyMap<string, Strategy> = new Map(
  [restart, rollback, circuitBreak, scaleUp, scaleDown, failover, recreate, hybrid].map((strategy) => [
    strategy.name,
    strategy,
  ]),
);

export interface StrategyParts extends Pick<StrategyContext, 'order'> {
  actions: ReadonlyMap<string, Action>;
}

/** Knows what one strategy makes of a service; `order` says which worked. */
export function strategist(
  service: Service,
  strategies: ReadonlyMap<string, Strategy>,
  { actions, order }: StrategyParts,
): (name: string) => RunbookStep[] | undefined {
  const stepsOf = (name: string): RunbookStep[] | undefined => strategies.get(name)?.compile(service, context);
  const long: StrategyContext['long'] = (step) => {
    if (typeof step !== 'string') return longForm(step);
    const { action, input } = parseShortStep(step, actions);
    return longForm({ action, with: input });
  };
  const context: StrategyContext = { order, stepsOf, long };
  return stepsOf;
}

/** The steps of a strategy that a person or the ranking chose. */
export function stepsOfStrategy(
  name: string,
  service: Service,
  strategies: ReadonlyMap<string, Strategy>,
  parts: StrategyParts,
): RunbookStep[] {
  const stepsOf = strategist(service, strategies, parts);
  const steps = stepsOf(name);
  if (steps) return steps;
  const possible = [...strategies.keys()].filter((other) => stepsOf(other));
  throw new UserError(
    'invalid_input',
    `strategy: "${name}" cannot be done for ${service.name} (${service.runtime}). ${possible.length > 0 ? `Possible: ${possible.join(', ')}.` : 'Write a runbook for it.'}`,
    { field: 'strategy', value: name, allowed: possible.join(', ') },
  );
}
