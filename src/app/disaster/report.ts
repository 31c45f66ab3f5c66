import { formatDuration } from '../../engine/model/duration.js';
import { redact } from '../../engine/model/redact.js';
import type { Story } from './journal.js';
import { TARGETS } from './scenario.js';

/**
 * The post-incident report: what was lost, what it cost in time and data against the targets of the disaster recovery
 * document, the timeline, and that document's checklist. Markdown, by the story alone.
 */
export function report(scenario: string, story: Story): string {
  const { snapshot, events } = story;
  const { recovery, steps } = snapshot;
  return [
    `# Loss of ${scenario}: ${recovery.state === 'SUCCEEDED' ? 'recovered' : recovery.state.toLowerCase().replaceAll('_', ' ')}`,
    '',
    `Disaster recovery ${story.id}, by ${recovery.requestedBy}, runbook ${recovery.plan.name} (plan ${recovery.planDigest.slice(0, 8)}).`,
    '',
    '| | target | actual | |',
    '|---|---|---|---|',
    ...measured(scenario, story),
    '',
    '## What happened',
    '',
    '| when (UTC) | what |',
    '|---|---|',
    ...(story.lastWrittenAt
      ? [row(story.lastWrittenAt, 'the last write before the loss, by the files that were lost')]
      : []),
    ...events.filter(({ kind }) => TOLD.test(kind)).map(({ at, kind, data }) => row(at, said(kind, data))),
    '',
    '## Steps',
    '',
    ...steps.map(({ name, state, result, error }, index) => {
      const detail = error?.message ?? result?.summary;
      return `${index + 1}. ${name}: ${state}${detail === undefined ? '' : ` (${cell(detail)})`}`;
    }),
    '',
    '## After the incident',
    '',
    ...CHECKLIST.map((line) => `- [ ] ${line}`),
    '',
  ].join('\n');
}

/** Source: the document's checklist after an incident, and what a change of the host leaves to people. */
const CHECKLIST = [
  'All services are back, and the data are as new as they can be: look at what was written between the last write and the restored state.',
  'The post-mortem is written: what happened, how long until somebody noticed, the RPO and RTO above.',
  'This runbook and docs/disaster-recovery.md are changed wherever a step needed a hand.',
  'Further automatic checks are planned, if this was a new kind of problem.',
  'What was kept aside is looked at, and removed by a person when nobody needs it.',
  'Where the host changed: webhooks and request URLs of chat platforms, alert receivers and DNS lead to the new one.',
];

const TOLD = /^(recovery|step|approval)\./;

/** Actual recovery time and data loss in milliseconds; undefined: not known. */
export function figures({ snapshot: { recovery }, lastWrittenAt, backToAt }: Story): {
  rtoMs?: number;
  rpoMs?: number;
} {
  const began = lastWrittenAt ?? recovery.createdAt;
  return {
    ...(recovery.endedAt ? { rtoMs: recovery.endedAt.getTime() - began.getTime() } : {}),
    ...(lastWrittenAt && backToAt ? { rpoMs: Math.max(0, lastWrittenAt.getTime() - backToAt.getTime()) } : {}),
  };
}

function measured(scenario: string, story: Story): string[] {
  const target = TARGETS[scenario];
  if (!target) return [];
  const { rtoMs, rpoMs } = figures(story);
  return [
    line('RTO (from the last write to the end)', target.rtoMinutes, rtoMs),
    line('RPO (what was written and did not come back)', target.rpoMinutes, rpoMs),
  ];
}

function line(name: string, minutes: number, actualMs: number | undefined): string {
  if (actualMs === undefined) return `| ${name} | ${minutes} min | not known | fill in by hand |`;
  return `| ${name} | ${minutes} min | ${formatDuration(actualMs)} | ${actualMs <= minutes * 60_000 ? 'met' : 'MISSED'} |`;
}

function said(kind: string, { name, message, summary, error }: Story['events'][number]['data']): string {
  const about = [name, message ?? summary ?? error].filter((one) => typeof one === 'string').join(': ');
  return `${kind}${about === '' ? '' : `, ${about}`}`;
}

function row(at: Date, what: string): string {
  return `| ${at.toISOString().slice(0, 19).replace('T', ' ')} | ${cell(what)} |`;
}

/** One cell, whatever a program has printed. */
function cell(text: string): string {
  return redact(text).replace(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;').slice(0, 300);
}
