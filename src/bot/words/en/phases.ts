import type { EndedWords, RunningWords, WaitingWords } from '../topics/recovery.js';
import { measures, steps } from './measures.js';

const { about, and, exact, or } = measures;

export const waiting: WaitingWords = {
  approval: (step, vote, need) =>
    `waiting for approval${step === undefined ? '' : ` of step ${step}`} (${vote} of ${need})`,
  attempt: (n, inMs) => `attempt ${n} in ${about(inMs)}`,
  queued: (place) => `queued, place ${place}`,
  aboutToStart: 'about to start',
  decided: 'decided, about to go on',
  noWorker: {
    title: (pool) => `no worker of the pool ${pool} is alive`,
    remedy: (pool) => `The next step waits for one, and goes on by itself. Start it: \`reviver worker --pool ${pool}\``,
  },
  votes(given, may, including) {
    const who = may.length > 0 ? `${or(may)} can approve.` : 'Nobody here can approve.';
    const lead = including && may.length > 0 ? ` A ${including} must be among those who do.` : '';
    return `${given.length > 0 ? `Approved so far: ${and(given)}. ` : ''}${who}${lead}`;
  },
  replaces: (recovery, why) => `Asked anew, since the plan of ${recovery} changed: ${why}.`,
  wellAgain: (service, agoMs) =>
    `${service} has been well for ${about(agoMs)}, without this. Is it still needed? Cancel it if not.`,
  ifItFails: {
    stops: 'If it fails: it stops there, nothing is undone, and people are called.',
    cannotUndo: 'If it fails: nothing can be undone, and people are called.',
    undoes: (except) =>
      `If it fails: finished steps are undone in reverse${except.length > 0 ? ` (except ${except.join(', ')})` : ''}; if that fails too, people are called.`,
  },
  digest: (step, digest) => `${step === undefined ? 'plan' : `step ${step}`} ${digest}`,
  expires: (inMs) => `expires in ${about(inMs)}`,
  otherPlans: (others) => `other plans: ${others.join(', ')}`,
};

const STEP = (number: number | undefined, name: string) =>
  number === undefined ? `"${name}"` : `Step ${number}, "${name}",`;

export const running: RunningWords = {
  at: (numbers, of) => `${steps(numbers)} of ${of}`,
  verifying: (of) => (of === 1 ? 'its step is done, verifying' : `all ${of} steps done, verifying`),
  cancelling: (by) => `cancelling for ${by}`,
  rollingBack: (nth, of) => `rolling back, ${nth} of ${of}`,
  stuck: { unknown: 'outcome unknown', stopped: 'stopped', not_begun: 'not begun' },
  needsPerson: 'needs a person',
  beginByRetry: 'It waits for a person to begin it: Retry does.',
  failed: (number, name, error) => `${STEP(number, name)} failed: ${error}`,
  interrupted: (number, name, beganAgoMs) =>
    `${STEP(number, name)}${beganAgoMs === undefined ? '' : ` began ${about(beganAgoMs)} ago and`} was interrupted. It is not known whether it took effect.`,
  lookedAt: (seen) => `Looked at: ${seen ?? 'nothing that could be looked at'}`,
  lastError: (number, attempt, error) => `Step ${number}, attempt ${attempt}: ${error}`,
  more: (n) => `${n} more: see Details.`,
};

export const ended: EndedWords = {
  recovered: (totalMs, activeMs) => `recovered in ${exact(totalMs)}${work(activeMs)}`,
  unverified: (totalMs, activeMs) => `done in ${exact(totalMs)}${work(activeMs)}, unverified`,
  nobodyChecks: (service) => `${service} has no health check: nobody has seen that it works.`,
  failed: 'failed',
  rolledBack: 'rolled back',
  expired: 'expired, nobody decided in time',
  rejected: (by) => `rejected by ${by ?? 'an approver'}`,
  cancelled: 'cancelled',
  after: (ms) => `after ${exact(ms)}`,
  successor: (recovery, anew) => `${anew ? 'Asked anew' : 'Tried again'} as ${recovery}.`,
  didThisHelp: (yes, no) => `Did this help?${votes('Yes', yes)}${votes('No', no)}`,
  next: (alternative) => `Next: ${alternative}.`,
};

function votes(label: string, people: readonly string[]): string {
  return people.length === 0 ? '' : ` ${label}: ${and(people)}.`;
}

function work(activeMs: number | undefined): string {
  return activeMs === undefined ? '' : ` (${exact(activeMs)} without waiting for people)`;
}
