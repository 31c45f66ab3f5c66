import type { NewEffect, NewEvent } from '../model/recovery.js';
import type { Log } from '../ports.js';
import type { Constitution } from './constitution.js';
import { constitutional } from './constitutional.js';

/** A constitution that this installation accepts. */
export interface Pin {
  /** Of the file, in hex. */
  sha256: string;
  /** The constitutional hash that it names. */
  hash: string;
}

export interface ConstitutionPins {
  /** Those that are not retired; the first node of an installation pins its own. */
  accepted(mine: Pin): Promise<Pin[]>;
}

/** Where the constitution is validated. */
export type ValidationPoint = 'start' | 'scheduling' | 'step' | 'policy_change';

export interface ConstitutionGuard {
  /** Why nothing may be done under the constitution that is here now, for people; undefined when it is a pinned one. */
  broken(at: ValidationPoint, recovery?: string): Promise<string | undefined>;
  /** Throws `RecoveryConstitutionalError` when it is not. */
  require(at: ValidationPoint): Promise<void>;
  /** Why what was planned under the constitution of this hash may not go on; undefined while one of that hash is pinned. */
  retired(hash: string): Promise<string | undefined>;
}

export interface GuardOptions {
  constitution: Constitution;
  pins: ConstitutionPins;
  /** SHA-256 of the file as it is now; undefined: it cannot be read. */
  digestNow(file: string): Promise<string | undefined>;
  record(events: NewEvent[], effects: NewEffect[]): Promise<void>;
  log: Log;
  /** For freshness alone. */
  nowMs(): number;
  now(): Date;
}

/** How long the pins are believed that were read: one that is retired counts for so much longer. */
const PINS_FRESH_MS = 1_000;

/** What escalations call the thing that is in danger; it is no service of the configuration. */
export const CONSTITUTION = 'constitution';

/**
 * Compares the constitution, as this process read it and as its file is now, with the pins of the store: at the start,
 * when a plan is made, before every step, and when policies change. A difference is recorded and people are paged, once
 * a day for each content of the file.
 */
export function createConstitutionGuard(options: GuardOptions): ConstitutionGuard {
  const { constitution, pins, digestNow, record, nowMs, now, log } = options;
  const { source, hash, mismatch } = constitution;
  const told = new Set<string>();
  const day = () => now().toISOString().slice(0, 10);
  let read: { atMs: number; accepted: Promise<Pin[]> } | undefined;

  function accepted(mine: Pin): Promise<Pin[]> {
    if (read && nowMs() - read.atMs < PINS_FRESH_MS) return read.accepted;
    const asked = { atMs: nowMs(), accepted: pins.accepted(mine) };
    read = asked;
    asked.accepted.catch(() => {
      if (read === asked) read = undefined;
    });
    return asked.accepted;
  }

  async function tell(reason: string, at: ValidationPoint, found: string, recovery?: string): Promise<void> {
    const key = `constitution:${found}:${day()}`;
    const once = `${key}:${at}:${recovery ?? ''}`;
    if (told.has(once)) return;
    const data = { at, found, reason, ...(recovery === undefined ? {} : { recovery }) };
    const payload = { service: CONSTITUTION, code: 'constitution', reason };
    // A recovery whose step is refused calls for people by itself.
    const effects = at === 'step' ? [] : [{ key, kind: 'escalation', payload }];
    log('error', 'constitution:refused', data);
    await record([{ kind: 'constitution.refused', actor: 'reviver', data }], effects);
    told.add(once);
  }

  async function broken(at: ValidationPoint, recovery?: string): Promise<string | undefined> {
    if (mismatch !== undefined) {
      await tell(mismatch, at, `mismatch:${source?.sha256 ?? hash}`, recovery);
      return mismatch;
    }
    if (!source) return undefined;
    const present = await digestNow(source.file);
    const known = await accepted({ sha256: source.sha256, hash });
    const isPinned = (sha256: string) => known.some((pin) => pin.sha256 === sha256);
    if (present !== undefined && isPinned(present) && isPinned(source.sha256)) return undefined;
    const reason = wordsFor({ ...source, present }, isPinned, known);
    const found = present === undefined ? 'unreadable' : isPinned(present) ? source.sha256 : present;
    await tell(reason, at, found, recovery);
    return reason;
  }

  return {
    broken,

    async require(at) {
      const reason = await broken(at);
      if (reason !== undefined) throw constitutional(reason, { hash, at });
    },

    async retired(planned) {
      if (!source) return undefined;
      const known = await accepted({ sha256: source.sha256, hash });
      if (known.some((pin) => pin.hash === planned)) return undefined;
      return `it was planned under the constitution ${planned}, which is not pinned any more. Ask for the recovery again`;
    },
  };
}

function wordsFor(
  { file, sha256, present }: { file: string; sha256: string; present: string | undefined },
  isPinned: (sha256: string) => boolean,
  known: readonly Pin[],
): string {
  const pinned = `pinned: ${known.map((pin) => short(pin.sha256)).join(', ') || 'none'}`;
  if (present === undefined)
    return `the constitution ${file} cannot be read (${pinned}). Nothing begins until it can: make it readable for Reviver`;
  if (isPinned(present))
    return `this process began with a constitution that is not pinned any more (${short(sha256)}, ${pinned}). It begins nothing: restart it`;
  return `the constitution ${file} is not a pinned one (found: ${short(present)}, ${pinned}). Nothing begins until it is: put the pinned file back, or a lead runs reviver constitution pin`;
}

/** As far as `reviver constitution retire` needs it. */
function short(sha256: string): string {
  return sha256.slice(0, 8);
}
