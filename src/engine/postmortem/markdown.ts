import { formatDuration } from '../model/duration.js';
import { CHECKLIST, figuresOf, type Postmortem } from './postmortem.js';

/** For a wiki or a ticket. What people and programs said cannot become markup. */
export function toMarkdown(about: Postmortem): string {
  return [
    `# ${about.recovery}: ${plain(about.title)}`,
    '',
    `${plain(about.service)} · ${about.state} · plan ${plain(about.plan)} · asked for by ${plain(about.requestedBy)}${figuresOf(
      about,
    )
      .map((one) => ` · ${one}`)
      .join('')}`,
    '',
    `Why this plan: ${plain(about.why)}`,
    '',
    '| | |',
    '|---|---|',
    `| detected (UTC) | ${moment(about.detectedAt)} |`,
    `| ${about.over ? 'over' : 'looked at'} (UTC) | ${moment(about.endedAt)} |`,
    ...about.durations.map(([name, ms]) => `| ${name} | ${formatDuration(ms)} |`),
    '',
    '## Timeline',
    '',
    '| UTC | who | what |',
    '|---|---|---|',
    ...about.timeline.map(({ at, who, what }) => `| ${moment(at)} | ${plain(who)} | ${plain(what)} |`),
    '',
    '## What to change',
    '',
    ...(about.lessons.length > 0 ? about.lessons : ['Nothing stands out.']).map((one) => `- ${plain(one)}`),
    '',
    '## After the incident',
    '',
    ...CHECKLIST.map((one) => `- [ ] ${one}`),
    '',
  ].join('\n');
}

/** `2026-11-22 03:00:05` */
export function moment(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ');
}

/** One line without markup of Markdown or HTML. */
function plain(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]|~#]/g, (mark) => `\\${mark}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .slice(0, 1_000);
}
