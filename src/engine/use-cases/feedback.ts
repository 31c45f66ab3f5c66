import type { EnginePorts } from '../create-engine.js';
import type { RecoveryView } from '../engine.js';
import { LONGEST_NOTE, MOST_NOTES, type Note } from '../feedback/feedback.js';
import type { Because } from '../model/because.js';
import { UserError } from '../model/errors.js';
import { noRecovery } from '../model/missing.js';
import type { Principal, Role } from '../model/person.js';
import { isTerminal, recoveryName, type Snapshot } from '../model/recovery.js';
import { redact } from '../model/redact.js';
import { requireRole } from './authorise.js';
import { type ViewPorts, viewOf } from './view.js';

/** Whoever works with recoveries; a viewer only looks. */
export const OPINION_ROLES = ['responder', 'approver', 'lead', 'admin'] as const satisfies readonly Role[];

export interface FeedbackPorts extends ViewPorts, Pick<EnginePorts, 'dispatcher'> {}

export interface Rated {
  /** What the same person had said before. */
  before?: { helped: boolean; agoMs: number };
  view: RecoveryView;
}

/** One vote a person; a later one takes the place of the earlier one. */
export async function rate(id: number, helped: boolean, who: Principal, ports: FeedbackPorts): Promise<Rated> {
  requireRole(who, OPINION_ROLES, 'rate a recovery');
  if (!who.human)
    throw refusal('forbidden', 'Only people say whether a recovery helped, and this token has no person.', {
      kind: 'only_people_rate',
    });
  refuseUnfinished(await loaded(id, ports));
  const before = await ports.feedback.rate(id, { person: who.name, helped, via: who.via });
  if (before?.helped !== helped) ports.dispatcher.changed(id);
  const view = await viewOf(id, ports);
  return {
    view,
    ...(before ? { before: { helped: before.helped, agoMs: Math.max(0, +ports.now() - +before.at) } } : {}),
  };
}

/** At any time; secrets are taken out before it is stored. */
export async function addNote(
  id: number,
  text: string,
  who: Principal,
  ports: FeedbackPorts,
): Promise<{ note: Note; view: RecoveryView }> {
  requireRole(who, OPINION_ROLES, 'write notes');
  const words = redact(text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim());
  const characters = Array.from(words).length;
  if (characters < 1 || characters > LONGEST_NOTE)
    throw refusal(
      'invalid_input',
      `A note has 1 to ${LONGEST_NOTE} characters; this one has ${characters}. Nothing was written.`,
      { kind: 'note_length', characters, most: LONGEST_NOTE },
    );
  await loaded(id, ports);
  const note = await ports.feedback.addNote(id, { author: who.name, text: words, via: who.via });
  const recovery = recoveryName(id);
  if (note === 'full')
    throw refusal('conflict', `${recovery} has ${MOST_NOTES} notes already, and takes no more. Nothing was written.`, {
      kind: 'notes_full',
      recovery,
      most: MOST_NOTES,
    });
  ports.dispatcher.changed(id);
  return { note, view: await viewOf(id, ports) };
}

/** By whoever wrote it, or by a lead, such as for what should never have been written. */
export async function removeNote(
  id: number,
  number: number,
  who: Principal,
  ports: FeedbackPorts,
): Promise<RecoveryView> {
  requireRole(who, OPINION_ROLES, 'take notes back');
  await loaded(id, ports);
  const recovery = recoveryName(id);
  const note = (await ports.feedback.of(id)).get(id)?.notes.find((one) => one.number === number);
  if (note && note.author !== who.name && !who.roles.includes('lead'))
    throw refusal('forbidden', `${note.author} wrote that note, so only ${note.author} or a lead can take it back.`, {
      kind: 'not_your_note',
      author: note.author,
    });
  if (!note || !(await ports.feedback.removeNote(id, number, who.name)))
    throw refusal('not_found', `${recovery} has no note ${number}.`, { kind: 'no_note', recovery, note: number });
  ports.dispatcher.changed(id);
  return viewOf(id, ports);
}

/** Nobody can tell yet whether it helped; and what never ran neither helped nor failed to. */
function refuseUnfinished({ recovery: { id, state }, steps }: Snapshot): void {
  const recovery = recoveryName(id);
  if (!isTerminal(state))
    throw refusal('conflict', `${recovery} has not ended (${state}), so nobody can say yet whether it helped.`, {
      kind: 'not_ended',
      recovery,
      state,
    });
  if (!steps.some((step) => step.attempts > 0))
    throw refusal('conflict', `Nothing of ${recovery} ran, so it neither helped nor failed to.`, {
      kind: 'nothing_ran',
      recovery,
    });
}

async function loaded(id: number, { store }: Pick<FeedbackPorts, 'store'>): Promise<Snapshot> {
  const snapshot = await store.load(id);
  if (!snapshot) throw noRecovery(id);
  return snapshot;
}

function refusal(code: UserError['code'], message: string, because: Because): UserError {
  return new UserError(code, message, {}, because);
}
