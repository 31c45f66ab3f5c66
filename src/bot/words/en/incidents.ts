import type { IncidentWords, PolicyWords } from '../topics/incidents.js';
import { count, measures } from './measures.js';
import { facts } from './recovery.js';

const { about, exact, number, or } = measures;

export const incident: IncidentWords = {
  firing: (ageMs) => (ageMs === undefined ? 'firing' : `firing for ${about(ageMs)}`),
  acknowledged: (by) => `acknowledged by ${by ?? 'someone'}`,
  severity(value) {
    if (value >= 0.9) return 'critical';
    if (value >= 0.7) return 'high';
    return value >= 0.4 ? 'medium' : 'low';
  },
  alerts: (n) => (n === 1 ? '1 alert' : count(n, 'alert')),
  alertsFiring: (firing, all) => `${firing} of ${count(all, 'alert')} fire`,
  says: (text) => `Alert says: “${text}”`,
  recovering: (recovery) => `recovering, ${recovery}`,
  recovered: (ms, recovery) => `recovered in ${exact(ms)} by ${recovery}`,
  resolvedByItself: (ms) => `resolved by itself${ms === undefined ? '' : ` after ${about(ms)}`}`,
  stillFiring: (n) =>
    n === 1
      ? 'Its alert still fires: its sender has not looked again yet.'
      : `${n} of its alerts still fire: their sender has not looked again yet.`,
  didNotHelp: (recovery, state, why) => `${recovery} did not help: ${facts.states[state]}${why ? `, ${why}` : ''}`,
  remedy: (plan, steps, risk) => `Remedy: ${plan} — ${steps.join(', ')}. Risk ${number(risk)}.`,
  why: (evidence) => `Why: ${evidence}`,
  looksAfter: (what, by) => `${what}: ${by ?? 'someone'} looks after it.`,
  resolvedAlready: (what) => `${what}: resolved already. Nothing changed.`,
  unmapped: 'No service here is known by that. Choose plan asks which one it is.',
  silenced: (ms, by) =>
    `Silenced by ${by} for another ${about(ms)}: no new post and no escalation for this group. All is recorded.`,
  wouldHaveRun: (plan, why) => `auto_recover would have started ${plan}, but only says so: ${why}.`,
  notByItself: (why) => `Nothing begins by itself: ${why}.`,
  escalated: (what) => `${what}: more people are called.`,
  isSilenced: (what, ms) => `${what}: silenced for ${about(ms)}. It ends by itself, or by \`/recover unsilence\`.`,
  isHeard: (what) => `${what}: heard again.`,
  forHowLong: (what) => `${what}: silence it for how long?`,
  plans: (what) => `${what}: what shall be done?`,
  noPlan: (what) => `${what}: there is no plan for it.`,
  which: (what) => `${what}: which service is it about?`,
  belongsTo: (what, service) => `${what} is about ${service} from now on.`,
  noneOpen: (word, names) =>
    `No open incident "${word}".${names.length > 0 ? ` Open: ${names.join(', ')}.` : ' None is open.'}`,
  several: (word, names) => `"${word}" may be ${or(names)}: say which one.`,
  notADuration: (text) => `"${text}" is no duration from 1m to 7d, such as 1h or 4h.`,
};

export const policy: PolicyWords = {
  title: 'What begins without a click',
  none: 'Nothing begins without a click: no service has auto_recover.',
  line: ({ service, when, stage, verified, promoteAfter, lately, limit, why }) =>
    `${service}: when ${when} · ${stage === 'live' ? 'starts by itself' : `only says what it would do, ${verified} of ${promoteAfter} verified runs`} (${why}) · ${lately} of ${limit} within the hour`,
  hint: 'The first failure of a recovery that began by itself sends a service back to saying what it would do.',
};
