import { RecoveryConstitutionalError } from '../model/errors.js';
import type { NewEffect, NewEvent } from '../model/recovery.js';
import type { Constitution } from './constitution.js';

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
  broken(at: ValidationPoint, facts?: { recovery?: string; planned?: string }): Promise<string | undefined>;
  /** Throws `RecoveryConstitutionalError` when it is not. */
  require(at: ValidationPoint): Promise<void>;
}

export interface GuardOptions {
  constitution: Constitution;
  pins: ConstitutionPins;
  /** SHA-256 of the file as it is now; undefined: it cannot be read. */
  digestNow(file: string): Promise<string | undefined>;
  record(events: NewEvent[], effects: NewEffect[]): Promise<void>;
  nowMs(): number;
}

/** How long the pins are believed that were read: one that is retired counts for so much longer. */
const PINS_FRESH_MS = 1_000;

/** What escalations call the thing that is in danger; it is no service of the configuration. */
export const CONSTITUTION = 'constitution';

/**
 * Compares the constitution, as this process read it and as its file is now, with the pins of the store: at the start,
 * when a plan is made, before every step, and when policies change. A difference is recorded and people are paged, once
 * for each content of the file.
 */
export function createConstitutionGuard(options: GuardOptions): ConstitutionGuard {
  const { constitution, pins, digestNow, record, nowMs } = options;
  const { source, hash } = constitution;
  const told = new Set<string>();
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
    const key = `constitution:${found}`;
    const once = `${key}:${at}:${recovery ?? ''}`;
    if (told.has(once)) return;
    const data = { at, found, reason, ...(recovery === undefined ? {} : { recovery }) };
    const payload = { service: CONSTITUTION, code: 'constitution', reason };
    // A recovery whose step is refused calls for people by itself.
    const effects = at === 'step' ? [] : [{ key, kind: 'escalation', payload }];
    await record([{ kind: 'constitution.refused', actor: 'reviver', data }], effects);
    told.add(once);
  }

  async function broken(at: ValidationPoint, facts: { recovery?: string; planned?: string } = {}) {
    if (!source) return undefined;
    const now = await digestNow(source.file);
    const known = await accepted({ sha256: source.sha256, hash });
    const stray = [now, source.sha256].find((sha256) => !known.some((pin) => pin.sha256 === sha256));
    if (now !== undefined && stray === undefined) return plannedUnder(facts.planned, known);
    const reason = wordsFor(source.file, now === undefined ? undefined : stray, known);
    await tell(reason, at, stray ?? 'unreadable', facts.recovery);
    return reason;
  }

  return {
    broken,
    async require(at) {
      const reason = await broken(at);
      if (reason !== undefined)
        throw new RecoveryConstitutionalError(`${reason[0]?.toUpperCase()}${reason.slice(1)}.`, { hash, at });
    },
  };
}

function plannedUnder(planned: string | undefined, known: readonly Pin[]): string | undefined {
  if (planned === undefined || known.some(({ hash }) => hash === planned)) return undefined;
  return `it was planned under the constitution ${planned}, which is not pinned any more. This step was not begun; ask for the recovery again`;
}

function wordsFor(file: string, found: string | undefined, known: readonly Pin[]): string {
  const is = found === undefined ? 'cannot be read' : `is not a pinned one (SHA-256 ${short(found)}`;
  const pinned = known.map(({ sha256 }) => short(sha256)).join(', ') || 'none';
  const what = found === undefined ? `${is} (pinned: ${pinned})` : `${is}, pinned: ${pinned})`;
  return `the constitution ${file} ${what}. Nothing is begun until it is. Put the pinned file back; if the change is wanted, a lead runs: reviver constitution pin`;
}

function short(sha256: string): string {
  return `${sha256.slice(0, 12)}…`;
}
