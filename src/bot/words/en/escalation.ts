import type { EscalationWords } from '../topics/escalation.js';
import { measures } from './measures.js';

const { about, and } = measures;

export const escalation: EscalationWords = {
  channels: { chat: 'this channel', pagerduty: 'PagerDuty', email: 'mail', sms: 'SMS', webhook: 'the webhook' },
  needs: (subject, why) => `${subject} needs people: ${why}`,
  next: (channels, inMs) =>
    `Calls ${and(channels)} ${inMs <= 0 ? 'now' : `in ${about(inMs)}`}, unless somebody acknowledges it`,
  allTold: 'Everybody was told; nobody else is called',
  acknowledged: (by) => (by === undefined ? 'Somebody looks after it' : `${by} looks after it`),
  failing: (channels) => `Not reached: ${and(channels)}`,
  over: (name) => `${name} is over already.`,
  looksAfter: (name, service, by) => `${by ?? 'Somebody'} looks after ${name}, ${service}; nobody else is called.`,
  tested: (name) =>
    `${name}: everybody that pagers reach gets a test and its end now. What does not arrive is said here within a minute, and by \`doctor\`.`,
  called: (channels) => `Called: ${and(channels)}`,
  channelFailed: (channel, why) => `Not reached: ${channel} (${why}); the next are called now`,
  onCall: {
    title: 'Who is called when a service needs people',
    policy: (name, services) => (services.length > 0 ? `${name} (${and(services)})` : name),
    stage: (afterMs, channels) => `${afterMs === 0 ? 'at once' : `after ${about(afterMs)}`}: ${and(channels)}`,
    nobody: (channel) => `${channel} (reaches nobody: not set up)`,
    open: (name, service, sinceMs) => `${name}: ${service}, since ${about(sinceMs)}`,
    none: 'Nobody is called now.',
  },
};
