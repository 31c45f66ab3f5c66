import { setTimeout as delay } from 'node:timers/promises';
import type { Engine, RecoverRequest, RunbookSummary } from '../engine/engine.js';
import { UserError } from '../engine/model/errors.js';
import type { JsonObject } from '../engine/model/json.js';
import type { Principal } from '../engine/model/person.js';
import { isTerminal, recoveryName } from '../engine/model/recovery.js';
import { nodeOptions } from './cli/installation.js';
import { startNode } from './node.js';
import { PROGRAM } from './program.js';

/** As the planner document has it. `context.service` names the service; where it does not, the words of the context say it. */
export interface RecoveryIncident {
  id: string;
  timestamp?: string;
  severity?: number;
  context?: JsonObject;
}

/** A plan that was made and does nothing yet; `id` is its digest. */
export interface RecoveryPlan {
  id: string;
  steps: string[];
  risk_score: number;
  service: string;
  runbook?: string;
  strategy?: string;
  params: JsonObject;
  /** Why this plan. */
  explanation: string;
}

export interface ExecutionResult {
  success: boolean;
  /** `Executed: stop_service: redis`, and what failed. */
  logs: string[];
  /** `R-12` */
  recovery: string;
}

/** Makes plans for incidents. Throws a `UserError` that says what to add where there is none. */
export class RecoveryPlanner {
  readonly #engine: Pick<Engine, 'plan' | 'runbooks'>;
  readonly #who: Principal;

  constructor(engine: Pick<Engine, 'plan' | 'runbooks'>, who: Principal = PROGRAM) {
    this.#engine = engine;
    this.#who = who;
  }

  async planRecovery({ context = {} }: RecoveryIncident): Promise<RecoveryPlan> {
    const { service, ...facts } = context;
    const description = Object.entries(facts)
      .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join('\n');
    const named = typeof service === 'string' ? { service } : {};
    const { plan } = await this.#engine.plan({ description, ...named }, this.#who);
    const written = this.#engine.runbooks().find(({ id }) => plan.kind === 'runbook' && id === plan.name);
    return {
      id: plan.digest,
      steps:
        written?.steps ?? plan.steps.map(({ action, input }) => `${action}: ${String(input.service ?? plan.service)}`),
      risk_score: plan.riskScore,
      service: plan.service,
      ...(plan.kind === 'steps' ? {} : { [plan.kind]: plan.name }),
      params: plan.params,
      explanation: plan.explanation,
    };
  }

  listTemplates(): RunbookSummary[] {
    return this.#engine.runbooks();
  }
}

/** Carries plans out, durably and with rollback, and waits for their end. Where approval is needed it waits for people. */
export class RecoveryExecutor {
  readonly #engine: Pick<Engine, 'recover' | 'view'>;
  readonly #who: Principal;

  constructor(engine: Pick<Engine, 'recover' | 'view'>, who: Principal = PROGRAM) {
    this.#engine = engine;
    this.#who = who;
  }

  async execute(plan: RecoveryPlan, signal?: AbortSignal): Promise<ExecutionResult> {
    const { service, runbook, strategy, params } = plan;
    const request = {
      service,
      ...(runbook === undefined ? {} : { runbook, params }),
      ...(strategy === undefined ? {} : { strategy }),
    };
    return recoverToTheEnd(request, this.#who, this.#engine, signal);
  }
}

/** Starts the recovery, or joins the same one, and waits for its end. */
export async function recoverToTheEnd(
  request: RecoverRequest,
  who: Principal,
  engine: Pick<Engine, 'recover' | 'view'>,
  signal?: AbortSignal,
): Promise<ExecutionResult> {
  const { snapshot } = await engine.recover(request, who, { platform: 'library' });
  const { id } = snapshot.recovery;
  for (;;) {
    const { recovery, steps } = await engine.view(id);
    if (isTerminal(recovery.state))
      return {
        success: recovery.state === 'SUCCEEDED',
        logs: steps.flatMap((step) => log(step.state, step.name, step.error?.message)),
        recovery: recoveryName(id),
      };
    await delay(LOOK_MS, undefined, { signal });
  }
}

/** A planner and an executor on an installation of their own, by its environment (`DATABASE_URL`, `REVIVER_CONFIG`, ...). */
export async function openRecovery(env: NodeJS.ProcessEnv = process.env): Promise<OpenRecovery> {
  const node = await startNode(await nodeOptions({ roles: ['worker', 'scheduler'], pools: [] }, env));
  const { engine } = node;
  if (!engine) throw new UserError('unavailable', 'The engine did not start.');
  return { planner: new RecoveryPlanner(engine), executor: new RecoveryExecutor(engine), close: node.close };
}

export interface OpenRecovery {
  planner: RecoveryPlanner;
  executor: RecoveryExecutor;
  /** Hands over what still runs. */
  close(): Promise<void>;
}

const LOOK_MS = 100;

function log(state: string, name: string, error: string | undefined): string[] {
  if (state === 'succeeded') return [`Executed: ${name}`];
  return state === 'failed' ? [`Failed: ${name}${error ? `: ${error}` : ''}`] : [];
}
