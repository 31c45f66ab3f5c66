import type { RecoveryView, Verb } from '../../engine/engine.js';
import type { Approval } from '../../engine/model/approval.js';
import { recoveryName } from '../../engine/model/recovery.js';
import type { Button } from '../port.js';
import { planned, stepNumber } from './steps.js';
import { shortDigest } from './words.js';

/** From here on, a click on Approve asks once more. */
const CONFIRM_FROM_RISK = 0.7;

export function detailsButton(recoveryId: number): Button {
  return { label: 'Details', command: `status ${recoveryName(recoveryId)}` };
}

export function approvalButtons(view: RecoveryView, approval: Approval): Button[] {
  const { id, service, plan } = view.recovery;
  const target = `${recoveryName(id)} ${approval.digest.slice(0, 8)}`;
  const confirm = `Approve plan ${shortDigest(approval.digest)} for ${service}, risk ${plan.risk}?`;
  return [
    {
      label: 'Approve',
      command: `approve ${target}`,
      style: 'primary',
      ...(plan.risk >= CONFIRM_FROM_RISK ? { confirm } : {}),
    },
    { label: 'Reject', command: `reject ${target}`, style: 'danger' },
  ];
}

const VERB_ORDER: readonly Verb[] = ['retry', 'mark_done', 'rollback', 'escalate', 'ack', 'cancel'];

type VerbButton = (name: string, view: RecoveryView) => Omit<Button, 'command'>;

const VERB_BUTTONS: Record<Verb, VerbButton> = {
  retry: (_name, view) => ({ label: retryLabel(view), style: 'primary' }),
  mark_done: (name) => ({
    label: 'Mark done',
    confirm: `Is the effect of the step really there? ${name} goes on after it.`,
  }),
  rollback: (name, view) => ({
    label: 'Roll back',
    style: 'danger',
    confirm: `Undo the finished steps of ${name} on ${view.recovery.service}?`,
  }),
  escalate: () => ({ label: 'Escalate' }),
  ack: () => ({ label: 'Acknowledge' }),
  cancel: (name, view) => ({
    label: 'Cancel',
    style: 'danger',
    confirm: `Stop ${name} on ${view.recovery.service}? What was done stays until it is rolled back.`,
  }),
};

/** Buttons for what makes sense now, in the order in which people look for them. */
export function verbButtons(view: RecoveryView): Button[] {
  const name = recoveryName(view.recovery.id);
  const verbs = VERB_ORDER.filter((verb) => view.verbs.includes(verb));
  return verbs.map((verb) => ({ ...VERB_BUTTONS[verb](name, view), command: `${verbWord(verb)} ${name}` }));
}

/** `mark_done` is typed `mark-done`. */
export function verbWord(verb: Verb): string {
  return verb.replace('_', '-');
}

function retryLabel(view: RecoveryView): string {
  const stuck = planned(view).find((step) => step.state === 'unknown' || step.state === 'failed');
  return view.recovery.state === 'AWAITING_MANUAL' && stuck ? `Retry step ${stepNumber(stuck)}` : 'Retry';
}
