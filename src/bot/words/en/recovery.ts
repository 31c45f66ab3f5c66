import { riskLevel } from '../../../engine/planner/risk.js';
import { capital } from '../../cards/words.js';
import type { ConfirmWords, DetailWords, FactWords, Stakes, StepWords } from '../topics/recovery.js';
import { measures, steps, stepsAre, times } from './measures.js';

const { about, and, exact, number } = measures;

export const facts: FactWords = {
  asked: (by, approvers) => (approvers.length === 0 ? by : `${by}, approved by ${and(approvers)}`),
  risk: (risk, reasons) => {
    const level = riskLevel(risk);
    return `risk ${number(risk)}${level ? ` (${level})` : ''}${reasons.length > 0 ? `: ${reasons.join(', ')}` : ''}`;
  },
  reason: (text) => `Reason: “${text}”`,
  alternative: ({ name, reason }) => (reason ? `${name} (${reason})` : name),
  states: {
    SCHEDULED: 'queued',
    AWAITING_APPROVAL: 'waiting for approval',
    IN_PROGRESS: 'running',
    AWAITING_MANUAL: 'needs a person',
    ROLLING_BACK: 'rolling back',
    SUCCEEDED: 'succeeded',
    FAILED: 'failed',
    ROLLED_BACK: 'rolled back',
    CANCELLED: 'cancelled',
  },
  progress: {
    nothing: 'Nothing was done.',
    nothingElse: 'Nothing else was done.',
    notKnown: (numbers) => `It is not known whether ${steps(numbers)} took effect: look before you go on.`,
    done: (numbers) => `${stepsAre(numbers, 'is', 'are')} done.`,
    notStarted: (numbers) => `${stepsAre(numbers, 'has', 'have')} not started.`,
  },
  undo: {
    done: (numbers) => `Undone: ${each(numbers)}.`,
    failed: (numbers) => `Not undone: ${each(numbers)}.`,
    notNeeded: (numbers) => `${stepsAre(numbers, 'needs', 'need')} no undo.`,
  },
};

export const stepWords: StepWords = {
  between: (attempts, inMs) => `tried ${times(attempts)}, next in ${about(inMs)}`,
  needsApproval: 'needs approval',
  attempt: (n) => `attempt ${n}`,
  failed: (attempts) => (attempts > 1 ? `failed ${times(attempts)}` : 'failed'),
  skipped: (why) => (why ? `skipped: ${why}` : 'skipped'),
  undone: 'undone',
  ended: { unknown: 'outcome unknown', cancelled: 'stopped, no effect' },
  folded: (first, last) => (first === last ? `Step ${first}` : `Steps ${first}-${last}`),
};

export const confirm: ConfirmWords = {
  approve: ({ service, digest }, step, risk) =>
    `Approve ${step === undefined ? 'plan' : `step ${step}, as`} ${digest} for ${service}? ${capital(risk)}.`,
  retryUnknown: (stakes, numbers) =>
    `Run ${steps(numbers)} of ${stakes.recovery} on ${stakes.service} again? If it did take effect, it will a second time.${tail(stakes)}`,
  markDone: (stakes, numbers) =>
    `Is the effect of ${steps(numbers)} really there? ${stakes.recovery} on ${stakes.service} goes on after it.${tail(stakes)}`,
  undo: (stakes) => `Put back what ${stakes.recovery} changed on ${stakes.service}?${tail(stakes)}`,
  rollBack: (stakes) => `Undo the finished steps of ${stakes.recovery} on ${stakes.service}?${tail(stakes)}`,
  cancel: (stakes) =>
    `Stop ${stakes.recovery} on ${stakes.service}? What was done stays until it is rolled back.${tail(stakes)}`,
};

export const details: DetailWords = {
  step: (name, error) => `${name}: ${error}`,
  approval: (step, digest, state) => `${step === undefined ? 'Plan' : `Step ${step}`} ${digest}: ${state}`,
  decision: (by, verdict, via) => `${by} (${verdict} on ${via})`,
  priority: (n) => `priority ${n}`,
  askedAgo: (ms) => `asked ${about(ms)} ago`,
  retryOf: (recovery) => `retry of ${recovery}`,
  why: (plan) => `why ${plan}`,
  noEvidence: 'No earlier recovery speaks for or against it.',
  riskSentence: (risk) => `${capital(risk)}.`,
  policy: (need, rule) => `Approval: ${need === 0 ? 'none needed' : `${need} needed`}, by the rule "${rule}".`,
  instead: (alternative, whyNot) => `Instead: ${alternative}${whyNot ? ` — not chosen: ${whyNot}` : ''}`,
  evidence: (recovery, succeeded, activeMs, agoMs) =>
    `Seen: ${recovery} ${succeeded ? 'succeeded' : 'failed'} in ${exact(activeMs)}${agoMs === undefined ? '' : `, ${about(agoMs)} ago`}`,
  note: (n, author, agoMs, text) => `Note ${n}, ${author} ${about(agoMs)} ago: “${text}”`,
  ratings: (yes, no) =>
    `It helped: ${yes.length > 0 ? and(yes) : 'nobody said so'}. It did not: ${no.length > 0 ? and(no) : 'nobody said so'}.`,
};

function tail({ dependents, digest }: Stakes): string {
  return `${dependents ? ` ${dependents}.` : ''} Plan ${digest}.`;
}

function each(numbers: readonly number[]): string {
  return numbers.map((n) => `step ${n}`).join(', ');
}
