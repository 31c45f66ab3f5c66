import type { Pool, PoolClient } from 'pg';
import type { ApprovalDraft, CommitResult, Write } from '../engine/ports.js';
import { ADVANCE, TAKE } from './hot-statements.js';
import { isUnavailable, refusal, rows, run, transaction, violates } from './query.js';
import { definitionOf } from './rows.js';
import { sharedCommit } from './shared-commit.js';
import { addedSteps, holdsSlot, removedPositions, type WriteItem, writeItem } from './write-item.js';

interface Held {
  id: number;
  version: number;
  revision: number;
  cancel_by: string | null;
}

const MOST_IN_ONE_COMMIT = 64;
/** Two statements on their way: one is being made durable while the next is being prepared. */
const LANES = 2;

/**
 * Writes moves. Three ways, from common to rare: advance (shared with other recoveries), take (slot, claims, approval and
 * first intent at once), and a transaction for moves that also add steps, ask people, or consume a step's approval.
 */
export function createCommit(pool: Pool): (write: Write, inDoubt?: boolean) => Promise<CommitResult> {
  const advance = sharedCommit<WriteItem, Held | 'lost'>(
    async (items) => {
      const held = await run<Held>(pool, ADVANCE, [JSON.stringify(items)]);
      const byId = new Map(held.map((row) => [row.id, row]));
      return items.map((item) => byId.get(item.id) ?? 'lost');
    },
    { most: MOST_IN_ONE_COMMIT, lanes: LANES, undone: (error) => !isUnavailable(error) },
  );

  // Refused as a whole, each is tried alone.
  const take = sharedCommit<WriteItem, Held | undefined>((items) => takeAll(pool, items), {
    most: MOST_IN_ONE_COMMIT,
    lanes: LANES,
    undone: (error) => !isUnavailable(error),
  });

  return async (write, inDoubt = false) => {
    try {
      const held = isRare(write)
        ? await transaction(pool, (client) => writeRare(client, write))
        : takes(write)
          ? await take(takeItem(write))
          : await advance(writeItem(write));
      if (held === undefined || held === 'lost') return await lost(pool, write, inDoubt);
      return result(held);
    } catch (error) {
      // Two workers took it in the same moment, each with a slot of its own: one slot a recovery.
      const why = violates(error, 'slots_recovery_id_key') ? 'lost' : refusal(error);
      if (why === 'lost') return await lost(pool, write, inDoubt);
      if (why === 'busy' || why === 'unapproved') return { ok: false, reason: why };
      throw error;
    }
  };
}

function takes({ before, after }: Write): boolean {
  return after.recovery.epoch > before.recovery.epoch && holdsSlot(after.recovery.state);
}

function takeItem(write: Write): WriteItem {
  const { after, consume: [first] = [] } = write;
  return { ...writeItem(write), claims: after.recovery.claims, uses: first?.approval, uses_digest: first?.digest };
}

/** In the order of their ids: two who take the same ones must not each wait for the other. */
async function takeAll(on: Pool | PoolClient, items: WriteItem[]): Promise<(Held | undefined)[]> {
  const inOrder = [...items].sort((a, b) => a.id - b.id);
  const held = await run<Held>(on, TAKE, [JSON.stringify(inOrder)]);
  return items.map(({ id }) => held.find((row) => row.id === id));
}

function isRare(write: Write): boolean {
  if (write.ask || write.close) return true;
  if (write.consume && write.consume.length > (takes(write) ? 1 : 0)) return true;
  return (
    write.before.steps !== write.after.steps && (addedSteps(write).length > 0 || removedPositions(write).length > 0)
  );
}

/**
 * Somebody else wrote first; unless an earlier reply to this very write was lost: then the next revision, written in our
 * epoch for the owner that we wrote, is our own. Two takers try the same epoch, so the owner counts.
 */
async function lost(pool: Pool, { before, after }: Write, inDoubt: boolean): Promise<CommitResult> {
  if (!inDoubt) return { ok: false, reason: 'lost' };
  const [now] = await rows<Held & { epoch: number; owner: string | null; state: string }>(
    pool,
    'SELECT id, version, revision, cancel_by, epoch, owner, state FROM recoveries WHERE id = $1',
    [after.recovery.id],
  );
  const ours =
    now?.epoch === after.recovery.epoch &&
    now.owner === after.recovery.owner &&
    now.revision === before.recovery.revision + 1 &&
    now.state === after.recovery.state;
  return ours ? result(now) : { ok: false, reason: 'lost' };
}

async function writeRare(client: PoolClient, write: Write): Promise<Held | undefined> {
  const { id } = write.after.recovery;
  const [held] = takes(write)
    ? await takeAll(client, [takeItem(write)])
    : await run<Held>(client, ADVANCE, [JSON.stringify([writeItem(write)])]);
  if (!held) return undefined;
  for (const one of (write.consume ?? []).slice(takes(write) ? 1 : 0)) await consume(client, one, id);
  const removed = removedPositions(write);
  if (removed.length > 0)
    await rows(client, 'DELETE FROM steps WHERE recovery_id = $1 AND position = ANY($2::smallint[])', [id, removed]);
  for (const step of addedSteps(write))
    await rows(client, INSERT_STEP, [
      id,
      step.position,
      definitionOf(step),
      step.state,
      step.attempts,
      step.startedAt,
      step.before,
    ]);
  if (write.close) await closeOpen(client, id, write.close);
  if (write.ask) {
    await closeOpen(client, id, 'superseded');
    await ask(client, write, write.ask);
  }
  return held;
}

/** An undo step may begin in the very commit that adds it: its intent must be there too (D4). */
const INSERT_STEP = `INSERT INTO steps (recovery_id, position, definition, state, attempts, started_at, before)
  VALUES ($1, $2, $3, $4, $5, $6, $7)`;

async function consume(
  client: PoolClient,
  { approval, digest }: { approval: string; digest: string },
  recoveryId: number,
): Promise<void> {
  const used = await rows(
    client,
    `UPDATE approvals SET state = 'consumed'
     WHERE id = $1 AND digest = $3 AND recovery_id = $2 AND state = 'approved' AND use_before > now() RETURNING id`,
    [approval, recoveryId, digest],
  );
  if (used.length === 0) await rows(client, `SELECT refuse('unapproved')`);
}

async function closeOpen(client: PoolClient, recoveryId: number, state: string): Promise<void> {
  await rows(client, `UPDATE approvals SET state = $2 WHERE recovery_id = $1 AND state IN ('pending', 'approved')`, [
    recoveryId,
    state,
  ]);
}

async function ask(client: PoolClient, write: Write, draft: ApprovalDraft): Promise<void> {
  const { recovery } = write.after;
  await rows(
    client,
    `WITH asked AS (
       INSERT INTO approvals (id, recovery_id, step, digest, need, role, including, requested_by, expires_at, detail)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9 / 1000.0), $10) RETURNING expires_at)
     UPDATE recoveries SET wake_at = asked.expires_at FROM asked WHERE id = $2`,
    [
      draft.id,
      recovery.id,
      draft.step,
      draft.digest,
      draft.need,
      draft.role,
      draft.including,
      recovery.requestedBy,
      draft.expiresInMs,
      draft.detail ? JSON.stringify(draft.detail) : null,
    ],
  );
}

function result(held: Held): CommitResult {
  return { ok: true, version: held.version, revision: held.revision, cancelBy: held.cancel_by };
}
