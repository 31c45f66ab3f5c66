import type { RecoveryView } from '../../engine/engine.js';
import type { Role } from '../../engine/model/person.js';
import { isTerminal, recoveryName } from '../../engine/model/recovery.js';
import { recoveryCard } from '../cards/recovery-card.js';
import { openApproval } from '../cards/recovery-facts.js';
import { about, count, enumerate, oneLine } from '../cards/words.js';
import type { Card } from '../port.js';
import { halfTime } from './pace.js';

/** Something that is said in the thread once. */
export interface Note {
  mark: string;
  card: Card;
  /** Who shall notice it. */
  mention?: { people: readonly string[]; role: Role };
}

/** What is to be said now: the question to approvers, once more at half time, and the summary that ends the thread. */
export function notes(view: RecoveryView): Note[] {
  return [...pings(view), ...summary(view)];
}

function pings(view: RecoveryView): Note[] {
  const open = openApproval(view);
  const half = halfTime(view);
  if (!open || !half) return [];
  const { id, service, requestedBy } = view.recovery;
  const missing = open.need - open.decisions.filter((decision) => decision.verdict === 'approve').length;
  const who =
    view.mayApprove.length > 0
      ? `${enumerate(view.mayApprove, 'or')} can.`
      : `Nobody here can: it needs the role ${open.role}.`;
  const what = oneLine(view.recovery.plan.riskReasons[0] ?? view.recovery.plan.name, 100);
  const text = `${recoveryName(id)} needs ${count(missing, 'approval')}: ${what} on ${service}. ${requestedBy} asked ${about(+view.at - +open.createdAt)} ago. ${who}`;
  const late = view.at >= half;
  const again = `Still waiting: ${text} It expires in ${about(+open.expiresAt - +view.at)}.`;
  return [
    note(late ? `ping:${open.id}:2` : `ping:${open.id}:1`, late ? again : text, {
      people: view.mayApprove,
      role: open.role,
    }),
  ];
}

function summary(view: RecoveryView): Note[] {
  const { state, endedAt } = view.recovery;
  if (!isTerminal(state)) return [];
  const { tone, title, lines } = recoveryCard(view);
  return [{ mark: `summary:${state}:${endedAt ? +endedAt : 0}`, card: { tone, title, lines, buttons: [] } }];
}

function note(mark: string, title: string, mention: NonNullable<Note['mention']>): Note {
  return { mark, card: { tone: 'waiting', title, lines: [], buttons: [] }, mention };
}
