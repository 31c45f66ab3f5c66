import type { ServiceHealth } from '../engine.js';
import { formatDuration } from '../model/duration.js';
import type { Service } from '../model/service.js';
import type { IncidentStore } from '../ports.js';
import { type Board, causeOn, type Seen } from './board.js';
import { FLAPPING } from './flapping.js';
import { flappingFingerprint, healthFingerprint, SEVERITY } from './own-incident.js';

export interface TellPorts {
  incidents: Pick<IncidentStore, 'report' | 'resolve'>;
  now: () => Date;
}

/**
 * Makes what people are told fit what is known. One cause is one incident: what is ill because of it is named there. It is
 * safe to be called again at any time; what threw is done by the next call.
 */
export async function tell(board: Board, ports: TellPorts): Promise<void> {
  for (const [name, seen] of board.seen) {
    const service = board.services.get(name);
    if (!service || !concerns(seen)) continue;
    if (board.maintenance.has(name)) await hush(service, seen, ports, 'it is in maintenance');
    else if (seen.health.status === 'unhealthy' || seen.health.flapping) await ill(service, seen, board, ports);
    else await well(service, seen, ports);
  }
  for (const [name, seen] of board.seen) {
    const service = board.services.get(name);
    if (service && seen.told && !board.maintenance.has(name)) await nameDependents(service, seen, board, ports);
  }
}

/** Of a well service nobody was told of there is nothing to say: of a thousand, nearly all. */
function concerns({ health, told }: Seen): boolean {
  return told !== undefined || health.status === 'unhealthy' || health.flapping === true;
}

async function ill(service: Service, seen: Seen, board: Board, ports: TellPorts): Promise<void> {
  const { health, told } = seen;
  if (told?.as === 'flapping' && !health.flapping) {
    await report(service, seen, [], ports);
    await ports.incidents.resolve({ fingerprint: flappingFingerprint(service.name) });
    return;
  }
  if (told && told.as !== 'dependent') return;
  // Well for the moment: there is nothing new to tell.
  if (health.status !== 'unhealthy') return;
  const cause = causeOn(board, service.name);
  if (cause.is === 'not known yet') return;
  if (cause.is === 'dependency') {
    const { of } = cause;
    if (told?.as === 'dependent' && told.of === of && told.rootWellSince === undefined) return;
    seen.told = { as: 'dependent', of };
    seen.health = { ...health, causedBy: of };
    seen.unsaved = true;
    return;
  }
  if (told?.as === 'dependent') {
    const nowMs = ports.now().getTime();
    const since = told.rootWellSince ?? nowMs;
    seen.told = { ...told, rootWellSince: since };
    if (nowMs - since < graceMs(service)) return;
  }
  await report(service, seen, [], ports);
}

/** What it depended on is well again: it has so long to come back, too, before it is told of by itself. */
function graceMs({ health }: Service): number {
  return Math.max(
    LEAST_GRACE_MS,
    ...health.map((check) => (check.failures + (check.successes ?? 1)) * (check.intervalMs + check.timeoutMs)),
  );
}

const LEAST_GRACE_MS = 30_000;

async function well(service: Service, seen: Seen, { incidents }: TellPorts): Promise<void> {
  if (!seen.told) return;
  const { as } = seen.told;
  const of = as === 'flapping' ? flappingFingerprint : healthFingerprint;
  if (as !== 'dependent') await incidents.resolve({ fingerprint: of(service.name) });
  delete seen.told;
}

async function hush(service: Service, seen: Seen, { incidents }: TellPorts, why: string): Promise<void> {
  if (!seen.told) return;
  if (seen.told.as !== 'dependent')
    for (const fingerprint of [healthFingerprint(service.name), flappingFingerprint(service.name)])
      await incidents.resolve({ fingerprint }, why);
  delete seen.told;
}

async function nameDependents(service: Service, seen: Seen, board: Board, ports: TellPorts): Promise<void> {
  if (!seen.told || seen.told.as === 'dependent') return;
  const dependents = [...board.seen]
    .flatMap(([name, { told }]) =>
      told?.as === 'dependent' && told.of === service.name && told.rootWellSince === undefined ? [name] : [],
    )
    .sort();
  // Those that are well again are not taken back: the post tells what happened.
  const missing = dependents.filter((name) => seen.told?.as !== 'dependent' && !seen.told?.dependents.includes(name));
  if (missing.length > 0) await report(service, seen, [...seen.told.dependents, ...missing].sort(), ports);
}

async function report(
  service: Service,
  seen: Seen,
  dependents: readonly string[],
  { incidents }: TellPorts,
): Promise<void> {
  const { health } = seen;
  const { name } = service;
  const as = health.flapping ? 'flapping' : 'down';
  await incidents.report({
    service: name,
    fingerprint: (as === 'flapping' ? flappingFingerprint : healthFingerprint)(name),
    title: as === 'flapping' ? `${name} is flapping` : `${name} is down`,
    detail: `${detailOf(health, service)}${also(dependents)}`,
    severity: SEVERITY[service.criticality],
  });
  seen.told = { as, dependents };
  const { causedBy, ...own } = health;
  seen.health = own;
  if (causedBy !== undefined) seen.unsaved = true;
}

function detailOf(health: ServiceHealth, { flapping = FLAPPING }: Service): string {
  const bad = health.consecutiveFailures;
  if (!health.flapping) return `${health.detail} (${bad} of ${bad} checks)`;
  return `it fell ill ${health.falls?.length ?? 0} times, the last: ${health.detail}. It is told of once, until it is steady for ${formatDuration(flapping.withinMs / 2)}`;
}

const MOST_NAMED = 10;

function also(dependents: readonly string[]): string {
  if (dependents.length === 0) return '';
  const more = dependents.length - MOST_NAMED;
  const names = [...dependents.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])];
  return `; down with it: ${names.join(', ')}`;
}
