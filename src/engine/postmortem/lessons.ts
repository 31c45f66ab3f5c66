import { formatDuration } from '../model/duration.js';
import type { PostmortemFacts } from './postmortem.js';

/** Longer than this until somebody acts or decides is worth a word. */
const LONG_MS = 5 * 60_000;

/** What to change, as far as the facts say it; each with the fact that it comes from. */
export function lessonsOf(
  { view, events, incident }: PostmortemFacts,
  { detectedAt, answered }: { detectedAt: Date; answered?: Date },
): string[] {
  const { recovery, steps } = view;
  const toRequest = +recovery.createdAt - +detectedAt;
  const toDecision = answered ? +answered - +recovery.createdAt : 0;
  const retried = new Set(events.filter(({ kind }) => kind === 'step.retry').map(({ data }) => String(data.name)));
  const failed = steps.filter(({ state, kind }) => state === 'failed' && kind === 'do');
  const undoFailed = steps.filter(({ state, kind }) => state === 'failed' && kind === 'undo');
  const unknown = events.filter(({ kind }) => kind === 'step.unknown');
  const takenOver = events.filter(({ kind }) => kind === 'recovery.taken_over').length;
  return [
    ...(incident || recovery.plan.drill
      ? []
      : ['No incident told of it: a health check or an alert would have found it sooner.']),
    ...(toRequest > LONG_MS
      ? [
          `${formatDuration(toRequest)} passed between the detection and the request: auto_recover, or an escalation that calls sooner, would shorten that.`,
        ]
      : []),
    ...(toDecision > LONG_MS
      ? [`People took ${formatDuration(toDecision)} to decide: more approvers on call, or a rule for this risk.`]
      : []),
    ...[...retried].map((name) => `“${name}” was tried more than once: look at why its first attempt failed.`),
    ...failed.map(
      ({ name, error }) => `“${name}” failed (${error?.code ?? 'unknown'}): mend the runbook or what it needs.`,
    ),
    ...undoFailed.map(
      ({ name }) => `The undo “${name}” failed: state may be left over, and its runbook needs another way back.`,
    ),
    ...(unknown.length > 0
      ? ['Nobody could tell whether a step was done: give it a verify, or an action that can look.']
      : []),
    ...(takenOver > 0
      ? [`Workers were lost ${takenOver === 1 ? 'once' : `${takenOver} times`} meanwhile: see why.`]
      : []),
    ...(recovery.unverified ? ['No health check looked at the end: give the service one.'] : []),
    ...(!recovery.plan.drill && recovery.plan.riskReasons.includes('never proven')
      ? [`${recovery.plan.name} had never been proven: plan a drill.`]
      : []),
  ];
}
