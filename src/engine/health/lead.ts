import { setTimeout as delay } from 'node:timers/promises';
import type { Maintenance } from '../engine.js';
import type { Service } from '../model/service.js';
import type { AvailabilityStore, IncidentStore, Log } from '../ports.js';
import { type Board, loadBoard } from './board.js';
import { tell } from './tell.js';

const LOOK_EVERY_MS = 1_000;
/** A process that ends without a word was watching for up to this much longer than is known. */
const BEAT_EVERY_MS = 5_000;

export interface Leader {
  board(): Board | undefined;
  led(signal: AbortSignal): Promise<void>;
  /** Tells people what has to be told; calls do not overtake each other. */
  told(): Promise<void>;
  know(services: readonly Service[]): void;
  forget(service: string): void;
  ended: Promise<void>;
}

export interface LeadPorts {
  /** False while another process watches: one monitor a cluster. */
  leads(): Promise<boolean>;
  services(): ReadonlyMap<string, Service>;
  incidents: Pick<IncidentStore, 'report' | 'resolve' | 'health' | 'openFor'>;
  availability: Pick<AvailabilityStore, 'watching'>;
  /** What nobody is told of. */
  maintenance(): Promise<readonly Maintenance[]>;
  now: () => Date;
  log: Log;
}

/** Has a board while this process is the one that watches, and looks once a second at what no check brings about. */
export function lead(ports: LeadPorts, signal: AbortSignal): Leader {
  let board: Board | undefined;
  let span: { id: number; at: number } | undefined;
  let telling = Promise.resolve();
  let next: Promise<void> | undefined;
  const waiting = new Set<() => void>();

  /** A call that has not begun yet tells of everything that comes before it does: it is shared. */
  const told = (): Promise<void> => {
    next ??= telling.then(() => {
      next = undefined;
      return board ? tell(board, ports) : undefined;
    });
    telling = next.catch(() => undefined);
    return next;
  };

  async function look(): Promise<void> {
    if (!(await ports.leads())) {
      board = undefined;
      span = undefined;
      return;
    }
    const found = board ?? (await loadBoard(ports.incidents, ports.services()));
    found.maintenance = new Map((await ports.maintenance()).map((one) => [one.service, one]));
    if (!span || performance.now() - span.at >= BEAT_EVERY_MS)
      span = { id: await ports.availability.watching(span?.id), at: performance.now() };
    const begins = board === undefined;
    board = found;
    if (begins) for (const go of waiting) go();
    else await told();
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      await look().catch((error: unknown) => {
        // A store that is away tells so itself.
        ports.log('debug', 'no look at what is watched', {
          error: error instanceof Error ? error.message : String(error),
        });
      });
      await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
    for (const go of waiting) go();
  }

  return {
    board: () => board,
    told,
    know: (services) => {
      if (board) board.services = new Map(services.map((service) => [service.name, service]));
    },
    forget: (service) => void board?.seen.delete(service),
    async led(watching) {
      if (board || watching.aborted) return;
      await new Promise<void>((resolve) => {
        const go = () => {
          waiting.delete(go);
          watching.removeEventListener('abort', go);
          resolve();
        };
        waiting.add(go);
        watching.addEventListener('abort', go, { once: true });
      });
    },
    ended: run(),
  };
}
