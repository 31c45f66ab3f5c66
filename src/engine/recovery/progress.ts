import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';
import type { NewEffect } from '../model/recovery.js';
import type { CommitResult, Dispatcher, Log, RecoveryStore, Write } from '../ports.js';
import { event, type Move, move, setRecovery } from './move.js';

/** What a step's action leaves for the next commit: lines for the log, messages for people. */
export interface StepOutput {
  lines: { message: string; facts?: JsonObject }[];
  effects: NewEffect[];
}

/** Another worker has the recovery now, it could not be taken, or this worker ends: nothing more may be written. */
export class LostLease extends Error {
  constructor(readonly reason: 'lost' | 'busy' | 'unapproved' | 'abandoned') {
    super(`the recovery is not held (${reason})`);
  }
}

/** How far a recovery has come, in memory and in the store. */
export interface Progress {
  /** Stored, and what has been decided since. */
  current: Move;
  /** Writes what was decided since the last commit. Throws `LostLease`. */
  commit(): Promise<void>;
}

export interface ProgressPorts {
  store: Pick<RecoveryStore, 'commit'>;
  dispatcher: Pick<Dispatcher, 'changed'>;
  /** Its lines say which recovery. */
  log: Log;
}

/** `abandon` ends the wait for a store that is away: whoever takes over later looks at reality. */
export function createProgress(first: Move, output: StepOutput, ports: ProgressPorts, abandon: AbortSignal): Progress {
  const { id } = first.after.recovery;
  const progress: Progress = {
    current: first,
    async commit() {
      const made = withOutput(progress.current, output);
      if (made.after === made.before && made.events.length === 0 && made.effects.length === 0) return;
      const result = await untilStored(made, ports, abandon);
      if (!result.ok) throw new LostLease(result.reason);
      const { version, revision, cancelBy } = result;
      progress.current = move(setRecovery(made, { version, revision, cancelBy }).after);
      ports.dispatcher.changed(id, made.after.recovery.state);
    },
  };
  return progress;
}

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 1_000;

/** Waits for the store as long as it takes: an outage of it loses nothing that has been done. */
async function untilStored(write: Write, { store, log }: ProgressPorts, abandon: AbortSignal): Promise<CommitResult> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await store.commit(write, tries > 0);
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== 'unavailable') throw error;
      if (tries === 0) log('warn', 'store unavailable; waiting to commit', { error: error.message });
      await delay(Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** tries), undefined, { signal: abandon }).catch(() => {
        throw new LostLease('abandoned');
      });
    }
  }
}

function withOutput(made: Move, { lines, effects }: StepOutput): Move {
  if (lines.length === 0 && effects.length === 0) return made;
  const logged = lines.reduce(
    (moved, line) => event(moved, 'step.log', 'reviver', { message: line.message, ...line.facts }),
    made,
  );
  const sent = { ...logged, effects: [...logged.effects, ...effects] };
  lines.length = 0;
  effects.length = 0;
  return sent;
}
