import type { BreakerView } from '../../engine/breakers/view.js';
import type { Status } from '../../engine/engine.js';
import { recoveryName, waitsForPerson } from '../../engine/model/recovery.js';
import type { Button, Card } from '../port.js';
import { retold } from '../words/languages.js';
import type { Words } from '../words/words.js';
import { refusing } from './breaker-card.js';
import { detailsButton } from './buttons.js';
import { dotted, oneField } from './words.js';

/** `2 running, 1 waiting for people (R-41, 3 min), 0 unknown. Queue 0. Redis ok, Postgres ok, 3 workers.` */
export function statusCard(status: Status, now: Date, words: Words): Card {
  if (status.postgres === 'down') return blindCard(status, words);
  const waiting = status.recent.filter((recovery) => waitsForPerson(recovery.state));
  const bad = status.redis === 'down' || status.workers.length === 0;
  return {
    tone: bad || status.unknownOutcomes > 0 ? 'attention' : 'neutral',
    title: words.status.title({
      running: status.activeRecoveries,
      forPeople: status.awaitingPeople,
      waiting: waiting.map(({ id, createdAt }) => words.status.waits(recoveryName(id), +now - +createdAt)),
      unknown: status.unknownOutcomes,
      queued: status.queuedRecoveries,
      redis: status.redis,
      postgres: status.postgres,
      workers: status.workers.length,
    }),
    lines: [
      ...Object.values(status.services).map((service) =>
        serviceLine(service, now, words, status.breakers[service.service]),
      ),
      ...consequences(status, words),
    ],
    buttons: [...sick(status), ...waiting.slice(0, 3).map((recovery) => detailsButton(recovery.id))],
  };
}

/** Without its database Reviver knows of nothing: a zero here would be a claim. */
function blindCard({ redis, services }: Status, { status }: Words): Card {
  return {
    tone: 'attention',
    title: status.blind(redis),
    lines: [status.services(Object.keys(services)), status.lookDirectly],
    buttons: [],
  };
}

type ServiceStatus = Status['services'][string];

export function serviceLine(service: ServiceStatus, now: Date, words: Words, breaker?: BreakerView): string {
  const doing =
    service.recovery === 'IDLE' || service.recoveryId === null
      ? undefined
      : `${recoveryName(service.recoveryId)} ${words.facts.states[service.recovery]}`;
  const { flapping, causedBy, maintenance } = service;
  return dotted(
    `${service.service}: ${healthWords(service, now, words)}`,
    flapping && words.monitor.flapping,
    causedBy !== undefined && words.monitor.because(causedBy),
    maintenance && words.monitor.maintenance.field(+maintenance.until - +now),
    doing,
    breaker && refusing(breaker, words),
  );
}

/** `Available 99.97 % of the last 30 days; the target is 99.95 % · 12 min of the error budget left`; undefined: nothing is known. */
export function availabilityLine({ availability }: ServiceStatus, { monitor }: Words): string | undefined {
  if (availability?.percent === undefined) return undefined;
  const { percent, target, budget, unknownMs } = availability;
  return dotted(
    monitor.availability(percent, target),
    budget && monitor.budget(budget.allowedMs * budget.left),
    unknownMs > 60_000 && monitor.unknownTime(unknownMs),
  );
}

/** A bad check that is not yet an illness, and a service that nobody checks, are said as they are. */
function healthWords(service: ServiceStatus, now: Date, words: Words): string {
  const { status, since, detail, consecutiveFailures } = service;
  const { health } = words.status;
  const seen = oneField(retold(words, detail));
  if (status === 'unknown' && consecutiveFailures === 0) return seen || health.notChecked;
  const how = health.since(status, +now - +since);
  if (status !== 'unhealthy' && consecutiveFailures > 0) return health.lastCheckFailed(dotted(seen, health.until(how)));
  return dotted(how, seen);
}

function sick(status: Status): Button[] {
  return Object.values(status.services)
    .filter(
      ({ status, recovery, causedBy, maintenance }) =>
        status === 'unhealthy' && recovery === 'IDLE' && causedBy === undefined && !maintenance,
    )
    .slice(0, 3)
    .map((service) => ({ label: `Recover ${service.service}`, command: service.service }));
}

function consequences({ redis, workers }: Status, { status }: Words): string[] {
  return [...(redis === 'down' ? [status.redisDown] : []), ...(workers.length === 0 ? [status.noWorker] : [])];
}
