import type { Pool, PoolClient } from 'pg';
import type { EscalationStore } from '../engine/ports.js';
import * as sql from './escalation-statements.js';
import { type EscalationRow, toEscalation } from './escalation-statements.js';
import { rows, transaction } from './query.js';

/** Escalations, their reasons and their pages; what they send goes through the outbox, in one commit with them. */
export function createEscalationStore(pool: Pool): EscalationStore {
  /** Under its lock, so that no page is written beside what is done. */
  async function change(
    which: { id?: number; service?: string },
    state: 'acknowledged' | 'resolved',
    by: string,
  ): Promise<EscalationRow | undefined> {
    return transaction(pool, async (client) => {
      const [held] = await rows<{ id: number }>(client, sql.LOCK[state], [which.id ?? null, which.service ?? null]);
      if (!held) return undefined;
      await rows(client, sql.CHANGE[state], [held.id, by]);
      return one(client, held.id);
    });
  }

  return {
    async raise({ key, service, code, reason, recovery, incident }, first, urgent) {
      return transaction(pool, async (client) => {
        const [told] = await rows<{ escalation_id: number }>(client, sql.TOLD_ALREADY, [key]);
        if (told)
          return { escalation: toEscalation(await one(client, told.escalation_id)), created: false, fresh: false };
        const [row] = await rows<{ id: number; created: boolean }>(client, sql.OPEN_OR_JOIN, [
          ...[service, first.policy, first.afterMs, first.hurry],
          ...[code, reason, recovery ?? null, incident ?? null],
        ]);
        if (!row) throw new Error('an escalation was neither opened nor joined');
        const { id, created } = row;
        await rows(client, sql.ADD_REASON, [key, id, code, reason, recovery ?? null, created]);
        const present = toEscalation(await one(client, id));
        if (created || urgent === undefined) return { escalation: present, created, fresh: true };
        await rows(client, sql.HURRY, [id, urgent(present)]);
        return { escalation: toEscalation(await one(client, id)), created, fresh: true };
      });
    },

    async due(limit) {
      const found = await rows<EscalationRow>(
        pool,
        `${sql.ESCALATIONS} WHERE e.state = 'open' AND e.next_at <= now() ORDER BY e.next_at LIMIT $1`,
        [limit],
      );
      return found.map(toEscalation);
    },

    async climb({ id, level }, { pages, chat }, nextAfterMs) {
      const called = chat ? [{ level, channel: 'chat', target: 'chat' }] : [];
      const climbed = await rows(pool, sql.CLIMB, [id, level, nextAfterMs, JSON.stringify([...called, ...pages])]);
      return climbed.length > 0;
    },

    async acknowledge(which, by) {
      const row = await change(which, 'acknowledged', by);
      return row && toEscalation(row);
    },

    async resolve(id, by) {
      const row = await change({ id }, 'resolved', by);
      return row && toEscalation(row);
    },

    over: () => rows<{ id: number; by: string }>(pool, sql.OVER),

    async passFailing() {
      const failing = await rows<{ id: number; channel: string; error: string }>(pool, sql.PASS_FAILING);
      return Promise.all(
        failing.map(async ({ id, channel, error }) => ({
          escalation: toEscalation(await one(pool, id)),
          channel,
          error,
        })),
      );
    },

    async get(id) {
      const [row] = await rows<EscalationRow>(pool, `${sql.ESCALATIONS} WHERE e.id = $1`, [id]);
      return row && toEscalation(row);
    },

    async unresolved(service) {
      const found = await rows<EscalationRow>(
        pool,
        `${sql.ESCALATIONS} WHERE e.state <> 'resolved' AND ($1::text IS NULL OR e.service = $1) ORDER BY e.id`,
        [service ?? null],
      );
      return found.map(toEscalation);
    },

    async ofRecoveries(...recoveryIds) {
      if (recoveryIds.length === 0) return new Map();
      const latest = await rows<{ recovery: number; escalation: number }>(
        pool,
        `SELECT recovery_id AS recovery, max(escalation_id) AS escalation FROM escalation_reasons
         WHERE recovery_id = ANY($1) GROUP BY recovery_id`,
        [recoveryIds],
      );
      if (latest.length === 0) return new Map();
      const found = await rows<EscalationRow>(pool, `${sql.ESCALATIONS} WHERE e.id = ANY($1)`, [
        latest.map(({ escalation }) => escalation),
      ]);
      const byId = new Map(found.map((row) => [row.id, toEscalation(row)]));
      return new Map(
        latest.flatMap(({ recovery, escalation }) => {
          const known = byId.get(escalation);
          return known ? [[recovery, known] as const] : [];
        }),
      );
    },

    async findReasons(objectives, mostFailures) {
      if (objectives.length > 0) await rows(pool, sql.BREACHED, [JSON.stringify(objectives)]);
      await rows(pool, sql.FAILS_AGAIN_AND_AGAIN, [mostFailures]);
    },
  };
}

async function one(on: Pool | PoolClient, id: number): Promise<EscalationRow> {
  const [row] = await rows<EscalationRow>(on, `${sql.ESCALATIONS} WHERE e.id = $1`, [id]);
  if (!row) throw new Error(`there is no escalation ${id}`);
  return row;
}
