import type { ListWords, StatusWords } from '../topics/overview.js';
import { count, measures } from './measures.js';
import { facts } from './recovery.js';

const { about, exact } = measures;

const HEALTH = { healthy: 'healthy', unhealthy: 'unhealthy', unknown: 'not known' };

export const status: StatusWords = {
  title({ running, forPeople, waiting, unknown, queued, redis, postgres, workers }) {
    const people = `${forPeople} waiting for people${waiting.length > 0 ? ` (${waiting.join('; ')})` : ''}`;
    const hands = `${workers} ${workers === 1 ? 'worker' : 'workers'}`;
    return `${running} running, ${people}, ${unknown} unknown. Queue ${queued}. Redis ${redis}, Postgres ${postgres}, ${hands}.`;
  },
  waits: (recovery, ms) => `${recovery}, ${about(ms)}`,
  blind: (redis) =>
    `Reviver's Postgres does not answer, so it is not known what runs, waits or is well. Redis ${redis}.`,
  services: (names) => `Services: ${names.join(', ') || 'none'}.`,
  lookDirectly: 'Look at them directly; `reviver doctor` on a node says what is wrong with the database.',
  redisDown: "Reviver's Redis is down: work goes on, wake-ups are slower.",
  noWorker: 'No worker is alive: nothing runs until one is started (`reviver worker`).',
  health: {
    notChecked: 'not checked yet',
    since: (state, ms) => `${HEALTH[state]} for ${about(ms)}`,
    lastCheckFailed: (how) => `the last check failed: ${how}`,
    until: (since) => `${since} until now`,
  },
  noRecovery: 'no recovery under way',
};

const ENDED: Readonly<Record<string, string>> = { rejected: 'rejected', approval_expired: 'expired' };

export const lists: ListWords = {
  title: (services, runbooks) =>
    `${services} ${services === 1 ? 'service' : 'services'}, ${runbooks} ${runbooks === 1 ? 'runbook' : 'runbooks'}`,
  anyService: 'any service',
  lastRecoveries: (service) => `Last recoveries${service ? ` of ${service}` : ''}`,
  noneEnded: (service) => `No recovery${service ? ` of ${service}` : ''} has ended yet.`,
  endedAs: ({ state, code, unverified, activeMs }, waitedMs) =>
    [
      `${ENDED[code ?? ''] ?? facts.states[state]}${activeMs > 0 ? ` in ${exact(activeMs)}` : ''}`,
      unverified && state === 'SUCCEEDED' && 'unverified',
      waitedMs !== undefined && `waited ${exact(waitedMs)}`,
    ]
      .filter(Boolean)
      .join(', '),
  ago: (ms) => `${about(ms)} ago`,
  lossOf: (part) => `loss of Reviver's ${part}`,
  lostData: (ms) => `${exact(ms)} of data lost`,
  rated: (helped, didNot) =>
    [helped > 0 && `helped: ${helped} yes`, didNot > 0 && `${helped > 0 ? '' : 'helped: '}${didNot} no`]
      .filter(Boolean)
      .join(', '),
  notes: (n) => count(n, 'note'),
  record: ({ plan, runs, succeeded, medianActiveMs }) =>
    `${plan}: ${succeeded} of ${runs} succeeded${medianActiveMs === null ? '' : `, median ${exact(medianActiveMs)}`}`,
  lookedBack: (n) => `Counted over the last ${n}; cancelled ones do not count.`,
  dryRun: {
    title: (service, plan) => `DRY RUN · ${service} · ${plan} · nothing was touched`,
    need: (n) => (n === 0 ? 'It would start at once.' : `It would need ${count(n, 'approval')}.`),
    others: (names) => `Other plans: ${names.join(', ')}`,
  },
  form: {
    title: 'What shall be recovered?',
    hint: 'A plan of low risk starts at once, others wait for an approval. `/recover plan SERVICE` only shows it.',
    planTitle: 'Plan for what?',
    planHint: 'A plan is only shown; nothing is touched.',
    noService: 'There is no service in the configuration yet.',
  },
};
