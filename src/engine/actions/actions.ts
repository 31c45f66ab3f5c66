import { InvalidInput } from '../model/errors.js';
import type { Action } from './action.js';
import { ask } from './ask.js';
import { checkHealth } from './check-health.js';
import { createBackup } from './create-backup.js';
import { httpRequest } from './http-request.js';
import { notify } from './notify.js';
import { recreateService } from './recreate-service.js';
import { restartService } from './restart-service.js';
import { restoreBackup } from './restore-backup.js';
import { restorePrevious } from './restore-previous.js';
import { restoreSnapshot } from './restore-snapshot.js';
import { runCommand } from './run-command.js';
import { startService } from './start-service.js';
import { stopService } from './stop-service.js';
import { takeSnapshot } from './take-snapshot.js';
import { waitFor } from './wait-for.js';

/** One line an action. */
const OURS: readonly Action[] = [
  stopService,
  startService,
  restartService,
  recreateService,
  runCommand,
  httpRequest,
  waitFor,
  checkHealth,
  createBackup,
  restoreBackup,
  restorePrevious,
  takeSnapshot,
  restoreSnapshot,
  notify,
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
