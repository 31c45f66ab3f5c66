import type { NoteWords, ThreadWords } from '../topics/thread.js';
import { count, measures } from './measures.js';

const { about, exact, or } = measures;

export const thread: ThreadWords = {
  step: (number, name) => `Step ${number} "${name}"`,
  started: 'Started',
  takenOver: (from) => `Another worker took over from ${from}`,
  rollingBack: (why) => `Rolling back: ${why}`,
  retried: (by) => `Retry, asked by ${by}`,
  markedDone: (by) => `Marked done by ${by}`,
  nextAttempt: (attempt, why, inMs) => `Attempt ${attempt} failed (${why}); the next one in ${about(inMs)}`,
  waitsForPerson: (why) => `Waits for a person: ${why}`,
  escalated: (why) => `More people are called: ${why}`,
  noWorker: (pool) => `No worker of the pool ${pool} is alive. Start one: \`reviver worker --pool ${pool}\``,
  stepStarted: (step, attempt) => `${step} started${attempt > 1 ? `, attempt ${attempt}` : ''}`,
  stepDone: (step, ms) => `${step} done in ${exact(ms)}`,
  stepRetry: (step, error, inMs) => `${step} failed: ${error}; tried again in ${about(inMs)}`,
  stepFailed: (step, error) => `${step} failed: ${error}`,
  stepUnknown: (step, evidence) => `${step}: outcome unknown. Looked at: ${evidence}`,
  stepNotDone: (step, evidence) => `${step} had not taken effect: ${evidence}`,
  stepSkipped: (step, why) => `${step} skipped: ${why}`,
  stepStopped: (step, evidence) => `${step} stopped: ${evidence}`,
  log: (text) => `Log: “${text}”`,
  looksAfter: (by) => `${by} looks after it`,
  approved: (by, more) => `Approved by ${by}${more ? '; more approvals are needed' : ''}`,
  rejected: (by) => `Rejected by ${by}`,
  because: (reason) => `: “${reason}”`,
};

export const notes: NoteWords = {
  needs({ recovery, service, approvals, what, by, agoMs, may, role }) {
    const who = may.length > 0 ? `${or(may)} can.` : `Nobody here can: it needs the role ${role}.`;
    return `${recovery} needs ${count(approvals, 'approval')}: ${what} on ${service}. ${by} asked ${about(agoMs)} ago. ${who}`;
  },
  stillWaiting: (needs, expiresInMs) => `Still waiting: ${needs} It expires in ${about(expiresInMs)}.`,
};
