import type { Action, ActionContext, BackupCatalog, OtherStep } from '../engine/actions/action.js';
import { NotFound } from '../engine/model/errors.js';
import type { RecoveryStep, Snapshot } from '../engine/model/recovery.js';
import { redact, redactJson } from '../engine/model/redact.js';
import type { Service } from '../engine/model/service.js';
import type { Log } from '../engine/ports.js';
import type { createExec, Exec } from '../engine/processes/exec.js';
import type { Hands } from '../engine/recovery/attempt.js';
import type { StepOutput } from '../engine/recovery/progress.js';
import { runKey } from '../engine/recovery/runner.js';
import type { DockerEngine } from '../engine/runtimes/docker/engine.js';
import type { Clusters } from '../engine/runtimes/kubernetes/cluster.js';
import type { Runtimes } from '../engine/runtimes/runtimes.js';
import { lateAction } from '../engine/secrets/late-action.js';
import type { Secrets } from '../engine/secrets/secrets.js';
import type { SnapshotCatalog } from '../engine/snapshots/snapshot.js';
import { recoveryLog } from '../engine/tracing/recovery-log.js';

export interface HandsOptions {
  actions: ReadonlyMap<string, Action>;
  services(): readonly Service[];
  runtime: Runtimes;
  monitored: ActionContext['monitored'];
  care: ActionContext['care'];
  docker: DockerEngine;
  clusters: Clusters;
  exec: ReturnType<typeof createExec>;
  backups: BackupCatalog;
  snapshots: SnapshotCatalog;
  breakers: ActionContext['breakers'];
  secrets: Secrets;
  dataDir: string;
  /** Names the processes of this installation on a machine that has several. */
  installation: string;
  now: () => Date;
  log: Log;
}

/** Gives the actions of one recovery their surroundings. */
export function createHands(options: HandsOptions): (snapshot: Snapshot, output: StepOutput) => Hands {
  const shared = surroundings(options);
  const actions = lateActions(options);
  return (snapshot, output) => ({
    action: (name) => findAction(name, actions),
    context: (step, signal) => contextFor(step, signal, snapshot, output, options, shared),
  });
}

/** The actions with the secrets that their calls name, each call as it is made. */
export function lateActions({
  actions,
  secrets,
  backups,
}: Pick<HandsOptions, 'actions' | 'secrets' | 'backups'>): ReadonlyMap<string, Action> {
  return new Map([...actions].map(([name, action]) => [name, lateAction(action, secrets, backups)]));
}

/** Marks what a step leaves: its processes, its objects. Unique among installations. */
export function processKey(stepKey: string, installation: string): string {
  return `${stepKey}@${installation}`;
}

/** A context for looking only: previews and observations, outside any recovery. */
export function lookingContext(options: HandsOptions, signal: AbortSignal): ActionContext {
  const nothing = (): never => {
    throw new Error('looking must not have an effect');
  };
  const alone = { step: () => undefined, log: () => {}, runKey: 'look', mark: 'look' };
  return { ...surroundings(options), ...alone, signal, exec: nothing, notify: nothing };
}

/** Of each step, so written out: what is made by spreading many keys is a hash table to V8, and slow to make. */
function contextFor(
  step: RecoveryStep,
  signal: AbortSignal,
  { recovery, steps }: Snapshot,
  output: StepOutput,
  options: HandsOptions,
  shared: ReturnType<typeof surroundings>,
): ActionContext {
  const { id: recoveryId, epoch, service } = recovery;
  const key = runKey(recoveryId, step.position);
  const log = recoveryLog(options.log, recovery);
  const facts = { step: step.position, step_id: step.id };
  let messages = 0;
  const exec: Exec = (command, how) =>
    options.exec({ runKey: processKey(key, options.installation), epoch, signal })(command, how);
  return {
    service: shared.service,
    services: shared.services,
    monitored: shared.monitored,
    docker: shared.docker,
    clusters: shared.clusters,
    backups: shared.backups,
    care: shared.care,
    snapshots: shared.snapshots,
    breakers: shared.breakers,
    dataDir: shared.dataDir,
    now: shared.now,
    signal,
    runKey: key,
    mark: processKey(key, options.installation),
    step: (id) => otherStep(id, step, steps, recoveryId),
    exec,
    // What a runtime runs for the step ends with the worker, too.
    runtime: (name) => options.runtime(name, exec),
    log(said, given = {}) {
      const message = redact(said);
      const clean = redactJson(given);
      output.lines.push({ message, facts: { ...clean, ...facts } });
      log('info', message, { ...facts, ...clean });
    },
    async notify(message, { channel, page } = {}) {
      messages += 1;
      if (page) {
        const reason = redact(message);
        const payload = { recovery: recoveryId, service, code: 'asked_by_runbook', reason, by: 'reviver' };
        output.effects.push({ key: `escalation:${key}:${messages}`, kind: 'escalation', payload });
        return;
      }
      output.effects.push({
        key: `notify:${key}:${messages}`,
        kind: 'chat.message',
        payload: { ...(channel === undefined ? { recovery: recoveryId } : { to: channel }), text: redact(message) },
      });
    },
  };
}

/** By its own id, where a runbook within the runbook brought both in. */
function otherStep(
  id: string,
  { scope }: RecoveryStep,
  steps: readonly RecoveryStep[],
  recoveryId: number,
): OtherStep | undefined {
  const own = steps.filter(({ kind }) => kind === 'do');
  const found = own.find((other) => scope && other.id === scope.prefix + id) ?? own.find((other) => other.id === id);
  if (!found) return undefined;
  const { position, state, result } = found;
  return {
    runKey: runKey(recoveryId, position),
    ...(state === 'succeeded' && result ? { result } : {}),
  };
}

type Shared =
  | 'service'
  | 'services'
  | 'runtime'
  | 'monitored'
  | 'care'
  | 'docker'
  | 'clusters'
  | 'backups'
  | 'snapshots'
  | 'breakers'
  | 'dataDir'
  | 'now';

function surroundings({
  actions,
  exec,
  secrets,
  installation,
  log,
  ...shared
}: HandsOptions): Pick<ActionContext, Shared> {
  return {
    ...shared,
    service(name) {
      const found = shared.services().find((service) => service.name === name);
      if (!found) throw new NotFound('service', name);
      return found;
    },
  };
}

function findAction(name: string, actions: ReadonlyMap<string, Action>): Action {
  const found = actions.get(name);
  if (!found) throw new NotFound('action', name);
  return found;
}
