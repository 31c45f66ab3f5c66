import type { RecoveryView } from '../../engine/engine.js';
import { isTerminal, recoveryName } from '../../engine/model/recovery.js';
import { recoveryCard } from '../cards/recovery-card.js';
import { openApproval } from '../cards/recovery-facts.js';
import { oneField } from '../cards/words.js';
import type { Card } from '../port.js';
import { retold } from '../words/languages.js';
import type { Words } from '../words/words.js';
import type { Call } from './mentions.js';
import { halfTime } from './pace.js';

/** Something that is said in the thread once. */
export interface Note {
  mark: string;
  card: Card;
  /** Who shall notice it. */
  mention?: Call;
  /** It ends the thread: whoever it calls is called after everything else was told. */
  last?: true;
}

/** What is to be said now: the question to approvers, once more at half time, and the summary that ends the thread. */
export function notes(view: RecoveryView, words: Words): Note[] {
  return [...pings(view, words), ...summary(view, words)];
}

/** Why now is riskier than another time: what would be done is the step's own reason, or the plan's name. */
const OF_THE_MOMENT = /^freeze |proven|depends? on it$|^failed \d|^its runbook says so$/;

function pings(view: RecoveryView, words: Words): Note[] {
  const open = openApproval(view);
  const half = halfTime(view);
  if (!open || !half) return [];
  const { id, service, requestedBy, plan } = view.recovery;
  const { role } = open;
  const reason = plan.riskReasons.find((one) => !OF_THE_MOMENT.test(one));
  const needs = words.notes.needs({
    recovery: recoveryName(id),
    service,
    approvals: open.need - open.decisions.filter((decision) => decision.verdict === 'approve').length,
    what: reason === undefined ? plan.name : oneField(retold(words, reason), 100),
    by: oneField(requestedBy, 60),
    agoMs: +view.at - +open.createdAt,
    may: view.mayApprove,
    role,
  });
  const late = view.at >= half;
  const title = late ? words.notes.stillWaiting(needs, +open.expiresAt - +view.at) : needs;
  const card: Card = { tone: 'waiting', title, lines: [], buttons: [] };
  return [{ mark: `ping:${open.id}:${late ? 2 : 1}`, card, mention: { people: view.mayApprove, role } }];
}

/** One that was rolled back has left ill what was ill; a failure calls people by its escalation, all else by this. */
function summary(view: RecoveryView, words: Words): Note[] {
  const { state, endedAt, requestedBy, origin, outcome } = view.recovery;
  if (!isTerminal(state)) return [];
  const { tone, title, lines } = recoveryCard(view, words);
  const call: Call = { role: 'responder', people: [], asker: origin.owner ?? requestedBy };
  return [
    {
      last: true,
      mark: `summary:${state}:${endedAt ? +endedAt : 0}`,
      card: { tone, title, lines, buttons: [] },
      ...(state === 'ROLLED_BACK' && outcome?.code !== 'step_failed' ? { mention: call } : {}),
    },
  ];
}
