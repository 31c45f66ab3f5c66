import type { EscalationView, OnCall, RecoveryView } from '../../engine/engine.js';
import { escalationName } from '../../engine/escalation/escalation.js';
import { recoveryName } from '../../engine/model/recovery.js';
import type { Card } from '../port.js';
import { retold } from '../words/languages.js';
import type { Words } from '../words/words.js';
import { detailsButton } from './buttons.js';
import { MOST_LINES } from './parent-card.js';
import { dotted, oneField, oneLine, sentence } from './words.js';

/** The message that calls people: why, who is called next, and how to say that one looks after it. */
export function callCard(escalation: EscalationView, now: Date, words: Words): Card {
  const { id, service, recoveryId, state, reason } = escalation;
  const subject = recoveryId === null ? service : dotted(recoveryName(recoveryId), service);
  return {
    tone: 'attention',
    title: words.escalation.needs(subject, oneLine(retold(words, reason), 400)),
    lines: [sentence(whatNext(escalation, now, words))],
    buttons: [
      ...(state === 'open'
        ? [{ label: 'Acknowledge', command: `ack ${escalationName(id)}`, style: 'primary' as const }]
        : []),
      ...(recoveryId === null ? [] : [detailsButton(recoveryId)]),
    ],
  };
}

/** On the card of a recovery that needs people: who is called next, or who looks after it. */
export function withEscalation(card: Card, { escalation, at }: RecoveryView, words: Words): Card {
  if (!escalation || escalation.state === 'resolved') return card;
  const failing = escalation.failing.map((channel) => words.escalation.channels[channel]);
  const line = dotted(
    whatNext(escalation, at, words),
    failing.length > 0 && words.escalation.failing(failing),
    escalationName(escalation.id),
  );
  const { lines, steps = [], footer = [] } = card;
  const full = 1 + lines.length + steps.length + footer.length >= MOST_LINES;
  if (!full || lines.length < 2) return { ...card, footer: [...footer, line] };
  // Who is called is worth more than the last of what else is known: that is behind Details.
  return { ...card, lines: lines.slice(0, -1), footer: [...footer, line] };
}

/** `/recover oncall` */
export function onCallCard(
  { policies, reaches }: OnCall,
  open: readonly EscalationView[],
  now: Date,
  words: Words,
): Card {
  const { onCall: say, channels } = words.escalation;
  const lines = policies.flatMap(({ name, services, stages }) => [
    say.policy(name, services),
    ...stages.map(({ afterMs, notify }, index) => {
      const named = notify.map((one) => (reaches.includes(one) ? channels[one] : say.nobody(channels[one])));
      return `${index + 1}. ${say.stage(afterMs, named)}`;
    }),
  ]);
  const called = open.map((one) =>
    dotted(
      say.open(escalationName(one.id), one.service, +now - +one.startedAt),
      oneField(retold(words, one.reason), 150),
      whatNext(one, now, words),
    ),
  );
  return {
    tone: 'neutral',
    title: say.title,
    lines: [...lines, ...(called.length > 0 ? called : [say.none])],
    buttons: [],
  };
}

function whatNext(escalation: EscalationView, now: Date, { escalation: say }: Words): string {
  const { state, acknowledgedBy, nextAt, level, stages } = escalation;
  if (state === 'acknowledged')
    return say.acknowledged(acknowledgedBy === null ? undefined : oneField(acknowledgedBy, 60));
  const next = stages[level];
  if (nextAt === null || !next) return say.allTold;
  return say.next(
    next.notify.map((channel) => say.channels[channel]),
    +nextAt - +now,
  );
}
