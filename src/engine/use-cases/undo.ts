import type { RecoverRequest, RecoveryView } from '../engine.js';
import { formatDuration } from '../model/duration.js';
import { UserError } from '../model/errors.js';
import type { Principal } from '../model/person.js';
import { type Recovery, recoveryName, type Snapshot } from '../model/recovery.js';
import { undoSteps } from '../recovery/undo.js';
import type { ActPorts } from './act.js';
import { anew } from './anew.js';
import { requireRole } from './authorise.js';
import { refuseChangedSince } from './changed-since.js';
import { recover } from './recover.js';
import { viewOf } from './view.js';

/**
 * Puts back what a recovery changed although it succeeded: a recovery of its own, whose steps are the undo steps, so that
 * digest, policy and approvals hold for it. Only for a limited time, and only as long as nothing else changed the service.
 */
export async function undo(
  { recovery, steps }: Snapshot,
  who: Principal,
  ports: ActPorts,
  asked?: string,
): Promise<{ message: string; view: RecoveryView }> {
  requireRole(who, ['responder'], 'undo');
  const name = recoveryName(recovery.id);
  refuseUnlessSucceeded(recovery);
  refuseTooLate(recovery, ports);
  await refuseChangedSince(recovery, ports.store);
  const calls = undoSteps(steps, ports.undoOf).map((step) => ({
    name: step.name,
    action: step.action,
    input: step.input,
    pool: step.pool,
  }));
  if (calls.length === 0)
    throw new UserError(
      'conflict',
      `${name} did nothing that could be undone.`,
      { recovery: name },
      { kind: 'misfit', recovery: name, misfit: 'did nothing that could be undone', state: recovery.state },
    );
  const request: RecoverRequest = {
    service: recovery.service,
    steps: { name: `undo of ${name}`, calls },
    reason: `undo of ${name}`,
    priority: recovery.priority,
  };
  const { snapshot } = await recover(request, who, anew(recovery.origin, asked), ports);
  const made = snapshot.recovery.id;
  return { message: `${recoveryName(made)} undoes ${name}.`, view: await viewOf(made, ports) };
}

function refuseUnlessSucceeded({ id, state }: Recovery): void {
  const recovery = recoveryName(id);
  if (state !== 'SUCCEEDED')
    throw new UserError(
      'conflict',
      `${recovery} did not succeed, so it is rolled back instead: rollback ${recovery}.`,
      { recovery },
      { kind: 'misfit', recovery, misfit: 'did not succeed; roll it back instead', state },
    );
}

/** After a while a service has lived with what a recovery left; an undo that was not done in time is too late, too. */
export function refuseTooLate({ id, service, endedAt }: Recovery, { now, undoWithinMs }: ActPorts): void {
  const recovery = recoveryName(id);
  const agoMs = endedAt ? now().getTime() - endedAt.getTime() : 0;
  if (agoMs <= undoWithinMs) return;
  throw new UserError(
    'conflict',
    `${recovery} ended ${formatDuration(agoMs)} ago, and is undone within ${formatDuration(undoWithinMs)} only: ${service} has lived with it since.`,
    { recovery },
    { kind: 'too_late_to_undo', recovery, agoMs, withinMs: undoWithinMs },
  );
}
