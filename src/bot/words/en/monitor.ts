import type { MonitorWords } from '../topics/monitor.js';
import { measures } from './measures.js';

const { about, exact, number } = measures;

export const monitor: MonitorWords = {
  maintenance: {
    title: (n) => (n === 1 ? 'One service is in maintenance' : `${n} services are in maintenance`),
    none: 'No service is in maintenance. `/recover maintenance redis 2h "why"` begins one.',
    line: (service, leftMs, by, reason) =>
      `${service}: ${about(leftMs)} more, ${by === undefined ? 'planned in the configuration' : `by ${by}`}: ${reason}`,
    field: (leftMs) => `in maintenance for ${about(leftMs)} more`,
    began: (service, forMs) => `${service} is in maintenance for ${about(forMs)}.`,
    ended: (service) => `The maintenance of ${service} is over: its checks count again.`,
    notOne: (service) => `${service} is not in maintenance. Nothing changed.`,
    silent:
      'It is checked on; no incident opens, and nobody is paged. It ends by itself; `/recover maintenance SERVICE end` ends it now.',
    howLong: (service) =>
      `For how long? Such as \`/recover maintenance ${service} 2h "new disks"\`; \`end\` ends one. Nothing changed.`,
  },
  because: (service) => `because of ${service}`,
  flapping: 'flapping',
  availability: (percent, target) =>
    `Available ${exactly(percent)} % of the last 30 days${target === undefined ? '' : `; the target is ${number(target)} %`}`,
  budget: (leftMs) =>
    leftMs >= 0 ? `${exact(leftMs)} of the error budget left` : `error budget overdrawn by ${exact(-leftMs)}`,
  unknownTime: (ms) => `not known for ${about(ms)}`,
};

/** 99.9996 is not 100. */
function exactly(percent: number): string {
  return number(Math.floor(percent * 1_000) / 1_000);
}
