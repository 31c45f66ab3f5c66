import type { Engine } from '../../engine/engine.js';
import { UserError } from '../../engine/model/errors.js';
import { ACTIVE_STATES } from '../../engine/model/recovery.js';
import type { Log } from '../../engine/ports.js';
import type { ChatStore } from '../chat-store.js';
import { everywhere, type IncidentChannels, placesOf } from './audience.js';
import { createBell } from './bell.js';
import { incidentSubject, recoverySubject } from './drawing.js';

export interface ChangesOptions {
  engine: Engine;
  store: ChatStore;
  incidents: IncidentChannels;
  /** Views became due. */
  onDue(): void;
  log: Log;
  now(): Date;
  pollMs: number;
}

/** Turns changes of recoveries and incidents into due views: by signals at once, by the event log every `pollMs`. */
export interface Changes {
  recovery(id: number): void;
  incident(id: number): void;
  run(signal: AbortSignal): Promise<void>;
}

/** A recovery that ended longer ago is history: no card is made for it. */
const HISTORY_MS = 3_600_000;
const SHOWN_AT_FIRST = 200;

export function createChanges(options: ChangesOptions): Changes {
  const { log, pollMs } = options;
  const bell = createBell();
  const waiting = { recoveries: new Set<number>(), incidents: new Set<number>() };
  const tail = createTail(options);

  async function once(): Promise<boolean> {
    const recoveries = [...waiting.recoveries];
    const incidents = [...waiting.incidents];
    await followIncidents(incidents, options);
    for (const id of incidents) waiting.incidents.delete(id);
    await followRecoveries(recoveries, options);
    for (const id of recoveries) waiting.recoveries.delete(id);
    return tail();
  }

  return {
    recovery(id) {
      waiting.recoveries.add(id);
      bell.ring();
    },
    incident(id) {
      waiting.incidents.add(id);
      bell.ring();
    },
    async run(signal) {
      let broken = false;
      while (!signal.aborted) {
        let more = false;
        try {
          more = await once();
          broken = false;
        } catch (error) {
          if (!broken) log('warn', 'chat:changes_unavailable', { error: String(error) });
          broken = true;
        }
        if (!more) await bell.wait(pollMs, signal);
      }
    },
  };
}

/** Views of changed recoveries become due; new recoveries get their first ones. */
async function followRecoveries(
  ids: readonly number[],
  { engine, store, incidents, onDue, now }: ChangesOptions,
): Promise<void> {
  if (ids.length === 0) return;
  const known = new Set(await store.touch(ids.map(recoverySubject)));
  for (const id of ids.filter((candidate) => !known.has(recoverySubject(candidate)))) {
    const view = await engine.view(id).catch(undefinedIfMissing);
    if (!view) continue;
    const { endedAt } = view.recovery;
    if (endedAt && +now() - +endedAt > HISTORY_MS) continue;
    await store.show(recoverySubject(id), placesOf(view, incidents));
  }
  onDue();
}

async function followIncidents(
  ids: readonly number[],
  { engine, store, incidents, onDue }: ChangesOptions,
): Promise<void> {
  if (ids.length === 0) return;
  const known = new Set(await store.touch(ids.map(incidentSubject)));
  const found = await Promise.all(ids.map((id) => engine.incident(id).catch(undefinedIfMissing)));
  // What nobody wants to hear of is not posted; when that is over it comes here again.
  for (const one of found.flatMap((incident) => (incident === undefined || incident.silence ? [] : incident)))
    if (!known.has(incidentSubject(one.id))) await store.show(incidentSubject(one.id), everywhere(incidents));
  // Whoever is asked about a recovery should know at once that its incident is over.
  const over = found.flatMap((incident) => (incident?.state === 'resolved' ? (incident.recoveryId ?? []) : []));
  if (over.length > 0) await store.touch(over.map(recoverySubject));
  onDue();
}

/** Follows the event log, at most once in `pollMs`. Before the very first time there is only what is under way. */
function createTail(options: ChangesOptions): () => Promise<boolean> {
  const { engine, store, pollMs } = options;
  let cursor: string | undefined;
  let nextAt = 0;

  async function begin(): Promise<string> {
    const kept = await store.cursor();
    if (kept !== undefined) return kept;
    const fresh = await store.cursorNow();
    const active = await engine.list({ states: [...ACTIVE_STATES], limit: SHOWN_AT_FIRST });
    await followRecoveries(
      active.map((view) => view.recovery.id),
      options,
    );
    await store.saveCursor(fresh);
    return fresh;
  }

  return async () => {
    if (performance.now() < nextAt) return false;
    cursor ??= await begin();
    const changes = await store.changedSince(cursor);
    await followRecoveries(changes.recoveries, options);
    if (changes.cursor !== cursor) await store.saveCursor(changes.cursor);
    cursor = changes.cursor;
    nextAt = changes.more ? 0 : performance.now() + pollMs;
    return changes.more;
  };
}

function undefinedIfMissing(error: unknown): undefined {
  if (error instanceof UserError && error.code === 'not_found') return undefined;
  throw error;
}
