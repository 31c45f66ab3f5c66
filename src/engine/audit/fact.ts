import { z } from 'zod';
import type { JsonObject } from '../model/json.js';
import type { SealedFact } from './chain.js';

/**
 * One act, as it is sealed. All of it is text at full precision: ids beyond 2^53, microseconds, numbers inside `data`.
 * Null: nothing is known of it.
 */
export interface AuditFact extends JsonObject {
  /** When it was sealed, ISO 8601 in UTC to the microsecond; never before the entry before it. */
  sealed_at: string;
  /** Of the event log: its id and its transaction. */
  event_id: string;
  xid: string;
  /** When it happened, ISO 8601 in UTC to the microsecond. */
  at: string;
  who: string;
  what: string;
  /** `R-12` */
  recovery: string | null;
  /** Where from: the surface, such as `slack` or `api`. */
  via: string | null;
  /** Where on it: the channel, or the address. */
  place: string | null;
  why: string | null;
  /** What was decided on or carried out: SHA-256 of the plan, the command, or the file. */
  digest: string | null;
  constitution: string | null;
  /** JSON as the database writes it. */
  data: string;
}

/** An entry of the audit: a fact with its place in the chain. */
export interface SealedEntry extends SealedFact {
  fact: AuditFact;
}

/** An event of the log with what its recovery says of it, all of it text. */
export interface LoggedAct {
  event_id: string;
  xid: string;
  at: string;
  kind: string;
  actor: string;
  recovery_id: number | null;
  constitution: string | null;
  data: string;
  of_recovery: { platform: string | null; channel: string | null; reason: string; digest: string } | null;
}

/** What the event says of itself goes before what is known of its recovery. Never throws: data may be anything. */
export function factOf(act: LoggedAct, sealedAt: string): AuditFact {
  const own = said.parse(parsed(act.data));
  const recovery = act.of_recovery;
  const via = own.via ?? own.platform;
  return {
    sealed_at: sealedAt,
    event_id: act.event_id,
    xid: act.xid,
    at: act.at,
    who: act.actor,
    what: act.kind,
    recovery: act.recovery_id === null ? null : `R-${act.recovery_id}`,
    via: via ?? recovery?.platform ?? null,
    // A decision by one surface was not made in the channel of another.
    place:
      own.channel ??
      own.address ??
      (via === undefined || via === recovery?.platform ? recovery?.channel : null) ??
      null,
    why: own.reason ?? recovery?.reason ?? null,
    digest: own.digest ?? own.plan_digest ?? own.sha256 ?? recovery?.digest ?? null,
    constitution: act.constitution,
    data: act.data,
  };
}

const words = z.string().optional().catch(undefined);
const said = z
  .object({
    via: words,
    platform: words,
    channel: words,
    address: words,
    reason: words,
    digest: words,
    plan_digest: words,
    sha256: words,
  })
  .catch({});

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
