import type { Pool } from 'pg';
import { TERMINAL_STATES } from '../engine/model/recovery.js';
import { rows, transaction } from './query.js';

/** How long ended things are kept, in milliseconds. */
export interface RowRetention {
  /** Ended recoveries with their plans, steps, approvals and cards; resolved incidents; plans that nobody carried out. */
  recoveriesMs: number;
  /** Effects that were sent or given up. */
  effectsMs: number;
  /** Messages of the console, except those of unfinished recoveries. */
  consoleMs: number;
}

/** Each batch is one short transaction: nobody waits for it, and a death between two loses nothing. */
const BATCH = 200;

export type Removed = Record<'recoveries' | 'incidents' | 'plans' | 'effects' | 'messages' | 'answers', number>;

/** Removes what is older than its retention, the oldest first. Safe to repeat, to kill, and to run twice at once. */
export async function removeOld(pool: Pool, retention: RowRetention, signal: AbortSignal): Promise<Removed> {
  const all = async (batch: () => Promise<number>) => {
    let total = 0;
    for (let n = BATCH; n >= BATCH; total += n) {
      signal.throwIfAborted();
      n = await batch();
    }
    return total;
  };
  return {
    recoveries: await all(() => oldRecoveries(pool, retention.recoveriesMs)),
    incidents: await all(() => oldIncidents(pool, retention.recoveriesMs)),
    plans: await all(() => oldPlans(pool, retention.recoveriesMs)),
    effects: await all(() => oldEffects(pool, retention.effectsMs)),
    messages: await all(() => oldMessages(pool, retention.consoleMs)),
    answers: await all(() => oldAnswers(pool)),
  };
}

const OLD = `now() - $1::float8 * interval '1 millisecond'`;

/** Ids grow with time, so the oldest are met first; rows that somebody moves just now are left for the next run. */
function oldRecoveries(pool: Pool, olderMs: number): Promise<number> {
  return transaction(pool, async (client) => {
    const gone = await rows<{ id: number; plan_id: number }>(
      client,
      `DELETE FROM recoveries WHERE id IN (
         SELECT id FROM recoveries WHERE state = ANY ($2) AND ended_at < ${OLD} ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED)
       RETURNING id, plan_id`,
      [olderMs, TERMINAL_STATES, BATCH],
    );
    const ids = gone.map(({ id }) => id);
    await rows(client, 'DELETE FROM steps WHERE recovery_id = ANY ($1)', [ids]);
    await rows(client, `DELETE FROM chat_views WHERE subject = ANY ($1)`, [ids.map((id) => `recovery:${id}`)]);
    await rows(
      client,
      'DELETE FROM plans p WHERE p.id = ANY ($1) AND NOT EXISTS (SELECT FROM recoveries r WHERE r.plan_id = p.id)',
      [gone.map(({ plan_id }) => plan_id)],
    );
    return gone.length;
  });
}

/** After the recoveries: one that is kept keeps the incident that it was for. */
function oldIncidents(pool: Pool, olderMs: number): Promise<number> {
  return transaction(pool, async (client) => {
    const gone = await rows<{ id: number }>(
      client,
      `DELETE FROM incidents WHERE id IN (
         SELECT i.id FROM incidents i
         WHERE i.state = 'resolved' AND i.resolved_at < ${OLD} AND NOT EXISTS (SELECT FROM recoveries r WHERE r.id = i.recovery_id)
         ORDER BY i.id LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING id`,
      [olderMs, BATCH],
    );
    await rows(client, 'DELETE FROM chat_views WHERE subject = ANY ($1)', [gone.map(({ id }) => `incident:${id}`)]);
    return gone.length;
  });
}

/** Plans that were only asked for; those of a recovery go with it. */
async function oldPlans(pool: Pool, olderMs: number): Promise<number> {
  const gone = await rows(
    pool,
    `DELETE FROM plans WHERE id IN (
       SELECT p.id FROM plans p WHERE p.created_at < ${OLD} AND NOT EXISTS (SELECT FROM recoveries r WHERE r.plan_id = p.id)
       ORDER BY p.id LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING id`,
    [olderMs, BATCH],
  );
  return gone.length;
}

async function oldEffects(pool: Pool, olderMs: number): Promise<number> {
  const gone = await rows(
    pool,
    `DELETE FROM outbox WHERE id IN (
       SELECT id FROM outbox WHERE done_at < ${OLD} ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING id`,
    [olderMs, BATCH],
  );
  return gone.length;
}

/** They say by themselves until when they are kept. */
async function oldAnswers(pool: Pool): Promise<number> {
  const gone = await rows(
    pool,
    `DELETE FROM kept_answers WHERE (owner, key) IN (
       SELECT owner, key FROM kept_answers WHERE expires_at < now() LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING owner`,
    [BATCH],
  );
  return gone.length;
}

/** A thread goes with the message that it is under, so it must be as old. */
async function oldMessages(pool: Pool, olderMs: number): Promise<number> {
  const gone = await rows(
    pool,
    `DELETE FROM console_messages WHERE id IN (
       SELECT m.id FROM console_messages m
       WHERE coalesce(m.edited_at, m.created_at) < ${OLD}
         AND NOT EXISTS (SELECT FROM console_messages t
           WHERE t.thread = m.id AND coalesce(t.edited_at, t.created_at) >= ${OLD})
         AND NOT EXISTS (SELECT FROM chat_views v
           JOIN recoveries r ON r.id = CASE WHEN v.subject ~ '^recovery:[0-9]{1,9}$' THEN substr(v.subject, 10)::int END
           WHERE v.platform = 'console' AND v.channel = m.channel AND v.message IN (m.id::text, m.thread::text)
             AND r.ended_at IS NULL)
       ORDER BY m.id LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING id`,
    [olderMs, BATCH],
  );
  return gone.length;
}
