import type { Status } from '../../engine/engine.js';
import { recoveryName, waitsForPerson } from '../../engine/model/recovery.js';
import type { Button, Card } from '../port.js';
import { detailsButton } from './buttons.js';
import { about, dotted, oneLine } from './words.js';

/** `2 running, 1 waiting for approval (R-41, 3 min), 0 unknown. Queue 0. Redis ok, Postgres ok, 3 workers.` */
export function statusCard(status: Status, now: Date): Card {
  if (status.postgres === 'down') return blindCard(status);
  const waiting = status.recent.filter((recovery) => waitsForPerson(recovery.state));
  const named = waiting
    .map((recovery) => `${recoveryName(recovery.id)}, ${about(+now - +recovery.createdAt)}`)
    .join('; ');
  const people = `${status.awaitingPeople} waiting for people${named ? ` (${named})` : ''}`;
  const workers = `${status.workers.length} ${status.workers.length === 1 ? 'worker' : 'workers'}`;
  const bad = status.redis === 'down' || status.workers.length === 0;
  return {
    tone: bad || status.unknownOutcomes > 0 ? 'attention' : 'neutral',
    title: `${status.activeRecoveries} running, ${people}, ${status.unknownOutcomes} unknown. Queue ${status.queuedRecoveries}. Redis ${status.redis}, Postgres ${status.postgres}, ${workers}.`,
    lines: [...Object.values(status.services).map((service) => serviceLine(service, now)), ...consequences(status)],
    buttons: [...sick(status), ...waiting.slice(0, 3).map((recovery) => detailsButton(recovery.id))],
  };
}

/** Without its database Reviver knows of nothing: a zero here would be a claim. */
function blindCard({ redis, services }: Status): Card {
  return {
    tone: 'attention',
    title: `Reviver's Postgres does not answer, so it is not known what runs, waits or is well. Redis ${redis}.`,
    lines: [
      `Services: ${Object.keys(services).join(', ') || 'none'}.`,
      'Look at them directly; `reviver doctor` on a node says what is wrong with the database.',
    ],
    buttons: [],
  };
}

type ServiceStatus = Status['services'][string];

export function serviceLine(service: ServiceStatus, now: Date): string {
  const doing =
    service.recovery === 'IDLE' || service.recoveryId === null
      ? undefined
      : `${recoveryName(service.recoveryId)} ${service.recovery}`;
  return dotted(`${service.service}: ${healthWords(service, now)}`, doing);
}

/** A bad check that is not yet an illness, and a service that nobody checks, are said as they are. */
function healthWords({ status, since, detail, consecutiveFailures }: ServiceStatus, now: Date): string {
  const seen = oneLine(detail, 120);
  if (status === 'unknown' && consecutiveFailures === 0) return seen || 'not checked yet';
  const how = `${status} for ${about(+now - +since)}`;
  if (status !== 'unhealthy' && consecutiveFailures > 0)
    return `the last check failed: ${dotted(seen, `${how} until now`)}`;
  return dotted(how, seen);
}

function sick(status: Status): Button[] {
  return Object.values(status.services)
    .filter((service) => service.status === 'unhealthy' && service.recovery === 'IDLE')
    .slice(0, 3)
    .map((service) => ({ label: `Recover ${service.service}`, command: service.service }));
}

function consequences(status: Status): string[] {
  const lines: string[] = [];
  if (status.redis === 'down') lines.push("Reviver's Redis is down: work goes on, wake-ups are slower.");
  if (status.workers.length === 0)
    lines.push('No worker is alive: nothing runs until one is started (`reviver worker`).');
  return lines;
}
