import type { BreakerView } from '../../engine/breakers/view.js';
import type { Button, Card } from '../port.js';
import { retold } from '../words/languages.js';
import type { Words } from '../words/words.js';
import { dotted, oneField } from './words.js';

/** Every breaker that there is, those that refuse calls first. */
export function breakersCard(views: readonly BreakerView[], now: Date, words: Words): Card {
  const own = views.filter(({ enabled }) => enabled);
  const refuse = own.filter(({ state }) => state !== 'closed');
  const others = own.filter(({ state }) => state === 'closed');
  return {
    tone: refuse.length > 0 ? 'attention' : 'neutral',
    title: own.length === 0 ? words.breakers.none : words.breakers.title(refuse.length, own.length),
    lines: [...refuse, ...others].map((view) => breakerLine(view, now, words)),
    ...(refuse[0] ? { footer: [words.breakers.hint(refuse[0].service, refuse[0].state)] } : {}),
    buttons: refuse.slice(0, 3).map(recover),
  };
}

/** One breaker, and how its service is. */
export function breakerCard(view: BreakerView, health: string | undefined, now: Date, words: Words): Card {
  const { service, state } = view;
  return {
    tone: state === 'closed' ? 'neutral' : 'attention',
    title: breakerLine(view, now, words),
    lines: health === undefined ? [] : [health],
    footer: [words.breakers.hint(service, state)],
    buttons: state === 'closed' ? [] : [recover(view)],
  };
}

/** In a line about the service; undefined: its calls go through. */
export function refusing({ state }: BreakerView, { breakers }: Words): string | undefined {
  return state === 'closed' ? undefined : breakers.refuses[state];
}

function breakerLine(view: BreakerView, now: Date, words: Words): string {
  const { service, state, since, reason, by, trialAt, calls, errorRate } = view;
  const say = words.breakers;
  return dotted(
    say.state(service, state, since === null ? undefined : +now - +since),
    reason !== null && oneField(retold(words, reason)),
    by !== null && by !== 'reviver' && say.by(oneField(opener(by), 60)),
    state === 'open' && (trialAt === null ? say.untilReset : say.trialIn(+trialAt - +now)),
    state === 'half_open' && say.trialRuns,
    state === 'closed' && calls > 0 && say.calls(calls, errorRate ?? 0),
  );
}

/** People know the recovery, not the place of its step. */
function opener(by: string): string {
  return by.replace(/^(R-\d+)\/\d+$/, '$1');
}

function recover({ service }: BreakerView): Button {
  return { label: `Recover ${service}`, command: service };
}
