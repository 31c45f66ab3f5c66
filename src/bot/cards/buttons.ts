import type { RecoveryView, Verb } from '../../engine/engine.js';
import type { Approval } from '../../engine/model/approval.js';
import { recoveryName } from '../../engine/model/recovery.js';
import { numberOf } from '../../engine/recovery/person-moves.js';
import type { Button } from '../port.js';
import type { Stakes } from '../words/topics/recovery.js';
import type { Words } from '../words/words.js';
import { dependents, riskWords } from './recovery-facts.js';
import { stuckSteps } from './steps.js';
import { shortDigest } from './words.js';

/** Labels are the same in every language: what a colleague, the documentation and the hand at night know. */

/** From here on, a click on Approve asks once more. */
const CONFIRM_FROM_RISK = 0.7;

export function detailsButton(recoveryId: number): Button {
  return { label: 'Details', command: `status ${recoveryName(recoveryId)}` };
}

/** Beside the question whether it helped. */
export function ratingButtons(recoveryId: number): Button[] {
  const rate = `rate ${recoveryName(recoveryId)}`;
  return [
    { label: 'Yes', command: `${rate} yes` },
    { label: 'No', command: `${rate} no` },
  ];
}

export function approvalButtons(view: RecoveryView, approval: Approval, words: Words): Button[] {
  const { id, plan } = view.recovery;
  const target = `${recoveryName(id)} ${approval.digest.slice(0, 8)}`;
  const stakes = { ...stakesOf(view, words), digest: shortDigest(approval.digest) };
  const step = approval.step === null ? undefined : approval.step + 1;
  const asked = words.confirm.approve(stakes, step, riskWords(plan, words));
  const { wellSince, at } = view;
  const confirm = wellSince ? `${words.waiting.wellAgain(stakes.service, +at - +wellSince)} ${asked}` : asked;
  const calm = wellSince === undefined && plan.risk < CONFIRM_FROM_RISK;
  return [
    {
      label: 'Approve',
      command: `approve ${target}`,
      ...(wellSince ? {} : { style: 'primary' }),
      ...(calm ? {} : { confirm }),
    },
    { label: 'Reject', command: `reject ${target}`, style: 'danger' },
  ];
}

const VERB_ORDER: readonly Verb[] = ['retry', 'mark_done', 'rollback', 'undo', 'escalate', 'ack', 'cancel'];

type VerbButton = (view: RecoveryView, words: Words) => Omit<Button, 'command'>;

const VERB_BUTTONS: Record<Verb, VerbButton> = {
  retry: retryButton,
  mark_done: (view, words) => ({
    label: 'Mark done',
    confirm: words.confirm.markDone(stakesOf(view, words), stuckOf(view)),
  }),
  rollback: (view, words) => ({
    label: 'Roll back',
    style: 'danger',
    confirm: words.confirm.rollBack(stakesOf(view, words)),
  }),
  undo: (view, words) => ({ label: 'Undo', confirm: words.confirm.undo(stakesOf(view, words)) }),
  escalate: () => ({ label: 'Escalate' }),
  ack: () => ({ label: 'Acknowledge' }),
  cancel: (view, words) => ({
    label: view.recovery.plan.drill ? 'Abort' : 'Cancel',
    style: 'danger',
    confirm: cancelConfirm(view, words),
  }),
};

function cancelConfirm(view: RecoveryView, words: Words): string {
  const stakes = stakesOf(view, words);
  const { drill } = view.recovery.plan;
  return drill ? words.drill.confirmAbort(stakes.recovery, stakes.service) : words.confirm.cancel(stakes);
}

/** Buttons for what makes sense now, in the order in which people look for them. */
export function verbButtons(view: RecoveryView, words: Words): Button[] {
  const name = recoveryName(view.recovery.id);
  const verbs = VERB_ORDER.filter((verb) => view.verbs.includes(verb));
  return verbs.map((verb) => ({
    ...VERB_BUTTONS[verb](view, words),
    command: `${verbWord(verb)} ${name}${about(verb, view)}`,
  }));
}

/** A word about steps names those that were seen: `mark-done R-12 2`. */
function about(verb: Verb, view: RecoveryView): string {
  const says = (verb === 'retry' || verb === 'mark_done') && view.recovery.state === 'AWAITING_MANUAL';
  const numbers = says ? stuckOf(view) : [];
  return numbers.length > 0 ? ` ${numbers.join(',')}` : '';
}

/** `mark_done` is typed `mark-done`. */
export function verbWord(verb: Verb): string {
  return verb.replace('_', '-');
}

function retryButton(view: RecoveryView, words: Words): Omit<Button, 'command'> {
  const stuck = view.recovery.state === 'AWAITING_MANUAL' ? stuckSteps(view) : [];
  const [number] = stuckOf(view);
  // Again may be twice: a step whose outcome is unknown, and which must not happen twice.
  const twice = stuck.some((step) => step.state === 'unknown' && !step.idempotent);
  return {
    label: stuck.length > 0 && number !== undefined ? `Retry step ${number}` : 'Retry',
    style: 'primary',
    ...(twice ? { confirm: words.confirm.retryUnknown(stakesOf(view, words), stuckOf(view)) } : {}),
  };
}

/** Numbers of the plan's steps that wait for a person's word; an undo step has that of the step that it undoes. */
function stuckOf(view: RecoveryView): number[] {
  return stuckSteps(view)
    .map(numberOf)
    .sort((a, b) => a - b);
}

function stakesOf(view: RecoveryView, words: Words): Stakes {
  const { id, service, plan, planDigest } = view.recovery;
  return {
    recovery: recoveryName(id),
    service,
    dependents: dependents(plan, words),
    digest: shortDigest(planDigest),
  };
}
