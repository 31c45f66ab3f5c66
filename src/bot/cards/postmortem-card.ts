import { parseRecoveryName } from '../../engine/model/recovery.js';
import type { Postmortem } from '../../engine/postmortem/postmortem.js';
import type { Card } from '../port.js';
import type { Words } from '../words/words.js';
import { oneLine } from './words.js';

const MOST_LESSONS = 5;
const MOST_MOMENTS = 6;

/** The short form: figures, the worst moments, what to change; and where the whole of it is. */
export function postmortemCard(about: Postmortem, words: Words): Card {
  const { postmortem: say, facts } = words;
  const { recovery, service, rtoMs, rpoMs, timeline, lessons } = about;
  const bad = timeline.filter((moment) => moment.bad).slice(0, MOST_MOMENTS);
  const changes = lessons.slice(0, MOST_LESSONS).map((lesson) => oneLine(say.change(lesson), 300));
  return {
    tone: about.state === 'SUCCEEDED' ? 'good' : 'attention',
    title: say.title(recovery, service, stateWord(about, facts.states)),
    lines: [
      oneLine(about.title, 200),
      say.figures(rtoMs, rpoMs),
      ...bad.map(({ at, what }) => oneLine(`${at.toISOString().slice(11, 19)} ${what}`, 200)),
      ...(changes.length > 0 ? changes : [say.nothing]),
    ],
    footer: [say.whole(recovery)],
    buttons: parseRecoveryName(recovery) === undefined ? [] : [{ label: 'Details', command: `status ${recovery}` }],
  };
}

function stateWord({ state }: Postmortem, states: Readonly<Record<string, string>>): string {
  return states[state] ?? state;
}
