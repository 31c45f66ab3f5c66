import type { Engine } from '../../engine/engine.js';
import type { Log } from '../../engine/ports.js';
import type { ChatStore, Place } from '../chat-store.js';
import type { ChatPlatform, Language } from '../port.js';
import type { IncidentChannels } from './audience.js';
import { createBell } from './bell.js';
import { createChanges } from './changes.js';
import { createDrawIncident } from './draw-incident.js';
import { createDrawRecovery } from './draw-recovery.js';
import { type Drawing, incidentSubject, recoverySubject } from './drawing.js';
import type { Mentions } from './mentions.js';
import { runPlatformLoop } from './platform-loop.js';

/** Messages that follow recoveries and incidents on every platform: a projection of the engine's present state. */
export interface LiveCards {
  /** A recovery changed: never waits, never throws. */
  changed(recoveryId: number): void;
  incidentChanged(incidentId: number): void;
  /** Its card shall be seen here, too. */
  show(recoveryId: number, place: Place): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

export interface LiveCardsOptions {
  engine: Engine;
  platforms: readonly ChatPlatform[];
  store: ChatStore;
  incidents: IncidentChannels;
  mentions: Mentions;
  language(platform: string, channel: string): Language;
  /** An incident is posted there for the first time. */
  onAlertPost?(platform: string): void;
  log: Log;
  now(): Date;
  /** How often the event log and due views are looked for, beside signals. */
  pollMs: number;
}

export function createLiveCards(options: LiveCardsOptions): LiveCards {
  const { engine, store, incidents, mentions, log, now, pollMs } = options;
  const platforms = options.platforms.map((platform) => ({ platform, bell: createBell() }));
  const ringAll = () => {
    for (const { bell } of platforms) bell.ring();
  };
  const changes = createChanges({ engine, store, incidents, onDue: ringAll, log, now, pollMs });
  const draws = new Map([
    ['recovery', createDrawRecovery(engine, incidents)],
    ['incident', createDrawIncident(engine, incidents, now)],
  ]);
  const onDrawn = createPlacing(store, ringAll);
  const onPosted = (subject: string, platform: string) => {
    if (subject.startsWith(incidentSubject(0).slice(0, -1))) options.onAlertPost?.(platform);
  };
  const stopping = new AbortController();
  let loops: Promise<void>[] = [];
  return {
    changed: (recoveryId) => changes.recovery(recoveryId),
    incidentChanged: (incidentId) => changes.incident(incidentId),
    async show(recoveryId, place) {
      await store.show(recoverySubject(recoveryId), [place]);
      ringAll();
    },
    start() {
      const { signal } = stopping;
      const each = platforms.map((parts) => {
        const language = (channel: string) => options.language(parts.platform.name, channel);
        return runPlatformLoop({ ...parts, store, draws, onDrawn, onPosted, mentions, language, log, pollMs }, signal);
      });
      loops = [...each, changes.run(signal)];
    },
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

const REMEMBERED = 10_000;

/** A drawing may say that it must be seen in more places, or that others show a part of it. */
function createPlacing(store: ChatStore, ringAll: () => void) {
  const placed = new Map<string, number>();
  return async (subject: string, drawing: Drawing): Promise<void> => {
    const more = placed.get(subject) !== drawing.places.length;
    if (more) {
      await store.show(subject, drawing.places);
      if (placed.size > REMEMBERED) placed.clear();
      placed.set(subject, drawing.places.length);
    }
    const related = drawing.related.length > 0 ? await store.touch(drawing.related) : [];
    if (more || related.length > 0) ringAll();
  };
}
