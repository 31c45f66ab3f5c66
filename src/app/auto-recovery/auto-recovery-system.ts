import type { Status } from '../../engine/engine.js';
import { STRATEGIES } from '../../engine/planner/strategies/strategies.js';
import { nodeOptions } from '../cli/installation.js';
import { type Node, startNode } from '../node.js';
import { RecoveryOrchestratorError, RecoveryValidationError } from '../orchestrator/errors.js';
import { PROGRAM } from '../program.js';
import { type ExecutionResult, recoverToTheEnd } from '../recovery-library.js';
import { type CustomRecoveryStrategy, customStrategy } from './custom-strategy.js';

export interface AutoRecoveryOptions {
  /** A configuration, `auto_recovery.yaml` of the document included; default `REVIVER_CONFIG`. */
  configPath?: string;
  config_path?: string;
  /** Default `process.env`: DATABASE_URL, REDIS_URL, ... */
  env?: NodeJS.ProcessEnv;
}

const NAME = /^[a-z][a-z0-9_]{0,40}$/;

/** The AutoRecoverySystem of the document: Reviver with its monitoring and its workers, within a program of your own. */
export class AutoRecoverySystem {
  readonly #env: NodeJS.ProcessEnv;
  readonly #custom = new Map<string, ReturnType<typeof customStrategy>>();
  #node: Promise<Node> | undefined;

  constructor({ configPath, config_path, env = process.env }: AutoRecoveryOptions = {}) {
    const path = configPath ?? config_path;
    this.#env = path === undefined ? env : { ...env, REVIVER_CONFIG: path };
  }

  /** Before `startMonitoring`. Throws `RecoveryValidationError` for a name that is taken or cannot be. */
  registerStrategy(name: string, strategy: CustomRecoveryStrategy): void {
    if (this.#node)
      throw new RecoveryOrchestratorError('Strategies are registered before monitoring starts; nothing changed.');
    if (!NAME.test(name) || STRATEGIES.has(name) || this.#custom.has(name))
      throw new RecoveryValidationError(
        `strategy: "${name}" is not allowed; expected a free name of small letters, digits and "_".`,
      );
    this.#custom.set(name, customStrategy(name, strategy));
  }

  /** Watches the services, and carries out what is asked for. Throws a `UserError` that names what is missing. */
  async startMonitoring(): Promise<void> {
    await this.#started();
  }

  /**
   * Recovers the service now, and waits for the end; where its risk asks for approval, it waits for people. Without a strategy
   * the plan is chosen as ever. Monitoring begins if it has not.
   */
  async forceRecovery(service: string, strategy?: string, signal?: AbortSignal): Promise<ExecutionResult> {
    const request = { service, ...(strategy === undefined ? {} : { strategy }), reason: 'forced by a program' };
    return recoverToTheEnd(request, PROGRAM, await this.#engine(), signal);
  }

  async getStatus(): Promise<Status> {
    return (await this.#engine()).status();
  }

  /** Hands over what still runs, and closes everything. */
  async stop(): Promise<void> {
    const node = this.#node;
    this.#node = undefined;
    await (await node)?.close();
  }

  async #engine() {
    const { engine } = await this.#started();
    if (!engine) throw new RecoveryOrchestratorError('The engine did not start.');
    return engine;
  }

  #started(): Promise<Node> {
    this.#node ??= this.#start().catch((error: unknown) => {
      this.#node = undefined;
      throw error;
    });
    return this.#node;
  }

  async #start(): Promise<Node> {
    const options = await nodeOptions({ roles: ['worker', 'scheduler'], pools: [] }, this.#env);
    const own = [...this.#custom.values()];
    return startNode({
      ...options,
      extraActions: [...(options.extraActions ?? []), ...own.map(({ action }) => action)],
      extraStrategies: [...(options.extraStrategies ?? []), ...own.map(({ strategy }) => strategy)],
    });
  }
}
