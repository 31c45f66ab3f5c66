import type { Log } from '../ports.js';
import type { DockerEngine } from '../runtimes/docker/engine.js';
import { ASIDE } from '../runtimes/docker/replace.js';
import { ENABLE, type LabelledContainer } from './labels.js';
import { pause } from './pause.js';

export interface FollowOptions {
  docker: DockerEngine;
  /** Everything labelled that is there, first and after each change. */
  see(containers: LabelledContainer[]): void;
  /** Somebody said that there is an engine: one that does not answer is worth a warning. */
  expected: boolean;
  /** Looks again without having heard anything: what was missed is found. Default 30 s. */
  resyncMs?: number;
  log: Log;
}

export interface Following {
  /** Resolves when the engine was looked at for the first time, or could not be: after 10 s at the latest. */
  first: Promise<void>;
  stop(): Promise<void>;
}

const RESYNC_MS = 30_000;
/** Events that come together are one look. */
const GATHER_MS = 50;
const RECONNECT_MS = 500;
const SLOWEST_RECONNECT_MS = 8_000;
/** Of an engine that takes a request and does not answer. */
const LONGEST_LOOK_MS = 10_000;

/**
 * Looks at the labelled containers of an engine whenever it tells of a change, and every `resyncMs`. While it is away what
 * was seen last holds; when it is back it is looked at once more. Of a process: no leader is needed.
 */
export function followDocker(options: FollowOptions): Following {
  const stopping = new AbortController();
  const { signal } = stopping;
  let wake = (): void => {};
  let changed = true;
  const change = (): void => {
    changed = true;
    wake();
  };
  const state = { reachable: undefined as boolean | undefined };
  let looked = (): void => {};
  const first = new Promise<void>((resolve) => {
    looked = resolve;
  });

  async function look(): Promise<void> {
    while (!signal.aborted) {
      changed = false;
      const found = await labelled(options.docker, signal).catch((error: unknown) => error);
      if (signal.aborted) break;
      tellOfEngine(state, Array.isArray(found) ? undefined : found, options);
      if (Array.isArray(found)) options.see(found);
      looked();
      await changedOr(options.resyncMs ?? RESYNC_MS);
    }
    looked();
  }

  async function changedOr(ms: number): Promise<void> {
    const early = new AbortController();
    wake = () => early.abort();
    if (!changed) await pause(ms, AbortSignal.any([signal, early.signal]));
    if (changed) await pause(GATHER_MS, signal);
  }

  async function listen(): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      const heard = await events(options.docker, change, signal).catch(() => false);
      failures = heard ? 0 : failures + 1;
      // What happened while nobody listened.
      if (heard) change();
      await pause(Math.min(SLOWEST_RECONNECT_MS, RECONNECT_MS * 2 ** failures), signal);
    }
  }

  const done = Promise.all([look(), listen()]);
  return {
    first,
    async stop() {
      stopping.abort();
      await done;
    },
  };
}

async function labelled(docker: DockerEngine, signal: AbortSignal): Promise<LabelledContainer[]> {
  const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_LOOK_MS)]);
  const listed = await docker.ask(
    'list containers',
    (engine) => engine.listContainers({ all: true, filters: { label: [ENABLE] }, abortSignal }),
    { reads: true },
  );
  const containers = listed.flatMap(({ Id, Names, Labels, Created }): LabelledContainer[] => {
    const name = ownName(Names);
    return name === undefined ? [] : [{ id: Id, name, labels: Labels, created: Created }];
  });
  return inTheirPlaces(containers);
}

/** `/web`; the names that links give have another slash. */
function ownName(names: readonly string[]): string | undefined {
  return names.map((name) => name.replace(/^\//, '')).find((name) => !name.includes('/'));
}

/** A container that was set aside to be replaced stands for the one that is not there yet. */
function inTheirPlaces(containers: readonly LabelledContainer[]): LabelledContainer[] {
  const names = new Set(containers.map(({ name }) => name));
  return containers.flatMap((container) => {
    if (!container.name.endsWith(ASIDE)) return [container];
    const name = container.name.slice(0, -ASIDE.length);
    return names.has(name) ? [] : [{ ...container, name }];
  });
}

/** Resolves when the engine ends the stream, such as at its own end; false: it never began. */
async function events(docker: DockerEngine, change: () => void, abortSignal: AbortSignal): Promise<boolean> {
  const stream = await docker.ask(
    'tell of its events',
    (engine) =>
      engine.getEvents({
        filters: { type: ['container'], label: [ENABLE], event: ['create', 'destroy', 'rename'] },
        abortSignal,
      }),
    { reads: true },
  );
  // What came to be before the stream began.
  change();
  try {
    for await (const _ of stream) change();
  } catch {
    // Cut off: the engine is gone, or this process stops.
  }
  return true;
}

function tellOfEngine(
  state: { reachable: boolean | undefined },
  error: unknown,
  { expected, log }: Pick<FollowOptions, 'expected' | 'log'>,
): void {
  const reachable = error === undefined;
  if (state.reachable === reachable) return;
  const before = state.reachable;
  state.reachable = reachable;
  if (reachable) {
    if (before === false) log('info', 'the Docker engine answers again: services are discovered');
    return;
  }
  const level = expected || before ? 'warn' : 'debug';
  log(level, 'the Docker engine cannot be looked at: discovered services stay as they were', {
    error: error instanceof Error ? error.message : String(error),
  });
}
