import type { Declaration, Service } from '../model/service.js';
import type { Log } from '../ports.js';
import { type LabelledContainer, type LabelRules, placeInWords } from './labels.js';
import { type Finding, merge } from './merge.js';

/** The services that this process knows now. */
export interface ServiceDirectory {
  /** The same array until something changes, so that who keeps it knows whether to look again. */
  all(): readonly Service[];
  /** Called after a change. Gives back how to stop listening. */
  onChange(listener: (services: readonly Service[]) => void): () => void;
}

/** The services of the file alone. */
export function fixedDirectory(services: readonly Service[]): ServiceDirectory {
  return { all: () => services, onChange: () => () => {} };
}

export interface GrowingDirectory extends ServiceDirectory {
  /** Everything that one source, such as an engine or a cluster, has now. */
  see(containers: readonly LabelledContainer[], source?: string): void;
  /** What recoveries that have not ended are about stays known, whether it is there or not; replaces what was held. */
  hold(declared: readonly Declaration[]): void;
  /** One more of these, until all of them are given anew. */
  holdAlso(declared: readonly Declaration[]): void;
}

export interface DirectoryOptions extends LabelRules {
  file: readonly Service[];
  /**
   * A container that is gone for less stays a service: one that is being replaced is away for seconds, and one that was
   * removed by mistake can still be asked to be brought back.
   */
  goneAfterMs: number;
  /** Milliseconds that only go forward. */
  clock: () => number;
  log: Log;
}

interface Seen {
  container: LabelledContainer;
  at: number;
  source: string;
}

/** The services of the file and those that containers declare, as they come and go. */
export function createDirectory(options: DirectoryOptions): GrowingDirectory {
  const { file, goneAfterMs, clock, log } = options;
  const lastSeen = new Map<string, Seen>();
  const listeners = new Set<(services: readonly Service[]) => void>();
  let held = new Map<string, Declaration>();
  let told = new Set<string>();
  let current: readonly Service[] = file;

  function tellOf(findings: readonly Finding[]): void {
    const now = new Set<string>();
    for (const { container, id, says } of findings) {
      const key = `${id} ${says}`;
      now.add(key);
      if (!told.has(key)) log('warn', 'labels of a container are not as they should be', { container, problem: says });
    }
    told = now;
  }

  function renew(): void {
    const absent = [...held].flatMap(([place, declared]) => (lastSeen.has(place) ? [] : [declared]));
    const all = [
      ...[...lastSeen.values()].map(({ container }) => container),
      ...absent.map(({ container: name, ...rest }) => ({ ...NOT_THERE, name, ...rest })),
    ];
    const { services, findings } = merge(file, all, options);
    tellOf(findings.filter(({ id }) => id !== NOT_THERE.id));
    if (JSON.stringify(services) === JSON.stringify(current)) return;
    tellOfChange(current, services, log);
    current = services;
    for (const listener of listeners) listener(services);
  }

  return {
    all: () => current,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    see(containers, source = 'docker') {
      const at = clock();
      for (const container of containers) lastSeen.set(placeInWords(container), { container, at, source });
      const places = new Map(containers.map((container) => [container.id, placeInWords(container)]));
      for (const [place, seen] of lastSeen) {
        if (seen.source !== source) continue;
        const known = places.get(seen.container.id);
        const renamed = known !== undefined && known !== place;
        const gone = seen.at !== at && at - seen.at >= goneAfterMs;
        if (renamed || gone) lastSeen.delete(place);
      }
      renew();
    },
    hold(declared) {
      held = byPlace(declared);
      renew();
    },
    holdAlso(declared) {
      held = new Map([...held, ...byPlace(declared)]);
      renew();
    },
  };
}

const byPlace = (declared: readonly Declaration[]): Map<string, Declaration> =>
  new Map(declared.map((one) => [placeInWords({ ...one, name: one.container }), one]));

const NOT_THERE = { id: '', created: Number.MAX_SAFE_INTEGER };

function tellOfChange(before: readonly Service[], now: readonly Service[], log: Log): void {
  const names = (services: readonly Service[]): Set<string> => new Set(services.map(({ name }) => name));
  const [was, is] = [names(before), names(now)];
  const came = [...is].filter((name) => !was.has(name));
  const went = [...was].filter((name) => !is.has(name));
  log('info', 'discovered services changed', { came: came.slice(0, MOST_NAMES), went: went.slice(0, MOST_NAMES) });
}

const MOST_NAMES = 20;
