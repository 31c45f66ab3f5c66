import { InvalidInput } from '../model/errors.js';
import type { Action } from './action.js';
import { ask } from './ask.js';
import { breakerOpen } from './breaker-open.js';
import { breakerReset } from './breaker-reset.js';
import { catchUpCare } from './catch-up-care.js';
import { checkCertificate } from './check-certificate.js';
import { checkDisk } from './check-disk.js';
import { checkHealth } from './check-health.js';
import { cleanFolders } from './clean-folders.js';
import { createBackup } from './create-backup.js';
import { dockerExec } from './docker-exec.js';
import { dockerPrune } from './docker-prune.js';
import { dockerPull } from './docker-pull.js';
import { dockerUpdate } from './docker-update.js';
import { httpRequest } from './http-request.js';
import { kubernetesDeletePod } from './kubernetes-delete-pod.js';
import { kubernetesRolloutRestart } from './kubernetes-rollout-restart.js';
import { kubernetesRolloutUndo } from './kubernetes-rollout-undo.js';
import { kubernetesScale } from './kubernetes-scale.js';
import { notify } from './notify.js';
import { page } from './page.js';
import { recreateService } from './recreate-service.js';
import { redisCommand } from './redis-command.js';
import { reloadService } from './reload-service.js';
import { restartService } from './restart-service.js';
import { restoreBackup } from './restore-backup.js';
import { restorePrevious } from './restore-previous.js';
import { restoreSnapshot } from './restore-snapshot.js';
import { runCommand } from './run-command.js';
import { scaleService } from './scale-service.js';
import { showLogs } from './show-logs.js';
import { sqlQuery } from './sql-query.js';
import { startService } from './start-service.js';
import { stopService } from './stop-service.js';
import { takeSnapshot } from './take-snapshot.js';
import { terraformApply } from './terraform-apply.js';
import { terraformPlan } from './terraform-plan.js';
import { waitFor } from './wait-for.js';
import { waitUntilNoticed } from './wait-until-noticed.js';

/** One line an action. */
const OURS: readonly Action[] = [
  stopService,
  startService,
  restartService,
  reloadService,
  recreateService,
  scaleService,
  runCommand,
  httpRequest,
  waitFor,
  waitUntilNoticed,
  checkHealth,
  showLogs,
  checkCertificate,
  checkDisk,
  cleanFolders,
  createBackup,
  catchUpCare,
  restoreBackup,
  restorePrevious,
  takeSnapshot,
  restoreSnapshot,
  sqlQuery,
  redisCommand,
  terraformPlan,
  terraformApply,
  dockerPull,
  dockerUpdate,
  dockerPrune,
  dockerExec,
  kubernetesRolloutRestart,
  kubernetesRolloutUndo,
  kubernetesScale,
  kubernetesDeletePod,
  breakerOpen,
  breakerReset,
  notify,
  page,
  ask,
];

/** All actions by name; `extra` are those of extensions. A name may be taken once. */
export function createActions(extra: readonly Action[] = []): ReadonlyMap<string, Action> {
  const actions = new Map<string, Action>();
  for (const action of [...OURS, ...extra]) {
    if (actions.has(action.name)) throw new InvalidInput('action name', action.name, 'a name that no other action has');
    actions.set(action.name, action);
  }
  return actions;
}

export const BUILT_IN_ACTIONS = createActions();
