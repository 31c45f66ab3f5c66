import { setTimeout as delay } from 'node:timers/promises';
import type { Service } from '../model/service.js';
import type { AvailabilityStore, IncidentStore, Log } from '../ports.js';
import { type Board, conditionOn, type Seen } from './board.js';
import type { HealthResult } from './check.js';
import { judgeHealth } from './judge.js';
import { needsOf } from './root-cause.js';
import { within } from './within.js';

export interface WatchPorts {
  /** All checks of a service, once. */
  check(service: Service, signal: AbortSignal): Promise<HealthResult>;
  /** The same, and no circuit breaker counts it. */
  ask(service: Service, signal: AbortSignal): Promise<HealthResult>;
  incidents: Pick<IncidentStore, 'saveHealth'>;
  availability: Pick<AvailabilityStore, 'count'>;
  /** Undefined while another process watches, or while nobody knows. */
  board(): Board | undefined;
  /** Resolves when there is a board. */
  led(signal: AbortSignal): Promise<void>;
  /** Not more checks at once than this lets through. */
  slot<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined>;
  /** Something turned: people may have to be told. */
  told(): Promise<void>;
  now: () => Date;
  log: Log;
}

/** Rounds are this much shorter than the interval at most, so that services do not march in step. */
const JITTER = 0.1;
/** The first round of many services is spread by this much for each. */
const SPREAD_MS = 2;

/** Checks one service again and again, from the start of one round to the start of the next, until `signal` aborts. */
export async function watch(service: Service, ports: WatchPorts, signal: AbortSignal): Promise<void> {
  const intervalMs = Math.min(...service.health.map((check) => check.intervalMs));
  while (!signal.aborted) {
    await ports.led(signal);
    let board = ports.board();
    const spreadMs = Math.min(intervalMs, SPREAD_MS * (board?.services.size ?? 0));
    if (spreadMs > 1) await pause(Math.random() * spreadMs, signal);
    for (; board && !signal.aborted; board = ports.board()) {
      const started = performance.now();
      await round(service, board, ports, signal);
      const tookMs = performance.now() - started;
      await pause(Math.max(1, intervalMs * (1 - JITTER * Math.random()) - tookMs), signal);
    }
  }
}

async function round(service: Service, board: Board, ports: WatchPorts, signal: AbortSignal): Promise<void> {
  try {
    const measured = await ports.slot(signal, () => ports.check(service, signal));
    // Who does not lead any more has nothing to say.
    if (!measured || signal.aborted || ports.board() !== board) return;
    await take(service, measured, board, ports, signal);
  } catch (error) {
    notRecorded(service, error, ports);
  }
}

async function take(
  service: Service,
  measured: HealthResult,
  board: Board,
  ports: WatchPorts,
  signal: AbortSignal,
): Promise<void> {
  const seen = board.seen.get(service.name);
  const was = seen?.health;
  const health = judgeHealth(was, measured, service, ports.now());
  const turned = health.status !== was?.status || health.flapping !== (was?.flapping ?? false);
  // Before it is known to be ill: whoever looks at both then sees why.
  if (turned && health.status === 'unhealthy') await doubt(service, board, ports, signal);
  const cleared = seen?.doubted === true || (was !== undefined && was.consecutiveFailures > 0 !== !measured.healthy);
  const now: Seen = seen ?? { health, unsaved: true };
  now.health = health;
  now.doubted = false;
  now.unsaved ||=
    turned ||
    health.consecutiveFailures !== was?.consecutiveFailures ||
    health.consecutiveSuccesses !== (was?.consecutiveSuccesses ?? 0) ||
    health.detail !== was?.detail;
  board.seen.set(service.name, now);
  if (turned || cleared) await ports.told();
  await save(service, now, board, ports);
}

/** After people were told: who takes over from a process that dies in between tells them, instead of thinking it is done. */
async function save(service: Service, seen: Seen, board: Board, { incidents, availability }: WatchPorts) {
  const counted = board.maintenance.has(service.name) ? 'maintenance' : seen.health.status;
  if (seen.counted !== counted) {
    await availability.count(service.name, counted);
    seen.counted = counted;
  }
  if (!seen.unsaved) return;
  seen.unsaved = false;
  await incidents.saveHealth(seen.health).catch((error: unknown) => {
    seen.unsaved = true;
    throw error;
  });
}

/** For as long as a person would not notice. */
const ASK_MS = 1_500;

/**
 * What an ill service depends on may be ill, too, and not be known to be: its turn comes later. All of it is asked once, now;
 * whoever does not answer well is doubted until its own turn. These answers count nowhere else.
 */
async function doubt(service: Service, board: Board, ports: WatchPorts, signal: AbortSignal): Promise<void> {
  const condition = conditionOn(board);
  const unasked = needsOf(service.name, board.services).filter((name) => condition(name) === 'well');
  await Promise.all(
    unasked.map(async (name) => {
      const dependency = board.services.get(name);
      const seen = board.seen.get(name);
      if (!dependency || !seen) return;
      const well = await within(ASK_MS, signal, (limited) => ports.ask(dependency, limited)).then(
        (answer) => answer.healthy,
        () => false,
      );
      if (!well && seen.health.status !== 'unhealthy') seen.doubted = true;
    }),
  );
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

export function notRecorded({ name }: Pick<Service, 'name'>, error: unknown, { log }: Pick<WatchPorts, 'log'>): void {
  log('warn', 'health could not be recorded', {
    service: name,
    error: error instanceof Error ? error.message : String(error),
  });
}
