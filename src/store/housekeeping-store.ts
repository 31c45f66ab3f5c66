import type { Pool } from 'pg';
import { z } from 'zod';
import type { JobState } from '../engine/housekeeping/job.js';
import type { HousekeepingStore } from '../engine/housekeeping/store.js';
import { rows } from './query.js';

/** Routine care in the table `housekeeping`: all times are the database's. */
export function createHousekeepingStore(pool: Pool): HousekeepingStore {
  return {
    async now() {
      const [row] = await rows<{ now: Date }>(pool, 'SELECT clock_timestamp() AS now');
      return row?.now ?? new Date();
    },

    async plan(jobs) {
      const planned = jobs.map(({ name, cron, timeZone, nextAt }) => ({
        name,
        cron,
        time_zone: timeZone,
        next_at: nextAt,
      }));
      await rows(
        pool,
        `INSERT INTO housekeeping AS h (name, cron, time_zone, next_at)
         SELECT name, cron, time_zone, next_at
         FROM jsonb_to_recordset($1::jsonb) AS p(name text, cron text, time_zone text, next_at timestamptz)
         ORDER BY name
         ON CONFLICT (name) DO UPDATE SET cron = excluded.cron, time_zone = excluded.time_zone, wanted = true,
           next_at = CASE WHEN h.next_at <= clock_timestamp() THEN h.next_at ELSE excluded.next_at END
         WHERE h.cron <> excluded.cron OR h.time_zone <> excluded.time_zone OR NOT h.wanted`,
        [JSON.stringify(planned)],
      );
    },

    async leaveOut(all) {
      await rows(pool, 'UPDATE housekeeping SET wanted = false WHERE wanted AND NOT name = ANY($1::text[])', [
        [...all],
      ]);
    },

    async due(names) {
      const found = await rows<{ name: string }>(
        pool,
        `SELECT name FROM housekeeping WHERE name = ANY($1::text[]) AND next_at <= clock_timestamp()
           AND (lease_until IS NULL OR lease_until <= clock_timestamp()) ORDER BY next_at`,
        [[...names]],
      );
      return found.map(({ name }) => name);
    },

    async take(name, by, leaseMs, how) {
      const [row] = await rows<{ epoch: string; tries: number; now: Date }>(
        pool,
        `UPDATE housekeeping SET epoch = epoch + 1, tries = CASE WHEN $4 = 'asked' THEN 1 ELSE tries + 1 END, running_by = $2, began_at = clock_timestamp(),
           lease_until = clock_timestamp() + make_interval(secs => $3::float8 / 1000)
         WHERE name = $1 AND (next_at <= clock_timestamp() OR $4 = 'asked')
           AND (lease_until IS NULL OR lease_until <= clock_timestamp())
         RETURNING epoch, tries, clock_timestamp() AS now`,
        [name, by, leaseMs, how],
      );
      return row && { name, epoch: Number(row.epoch), tries: row.tries, now: row.now };
    },

    async renew({ name, epoch }, leaseMs) {
      const found = await rows(
        pool,
        `UPDATE housekeeping SET lease_until = clock_timestamp() + make_interval(secs => $3::float8 / 1000)
         WHERE name = $1 AND epoch = $2 AND lease_until IS NOT NULL RETURNING name`,
        [name, epoch, leaseMs],
      );
      return found.length > 0;
    },

    async end({ name, epoch }, { outcome, detail, durationMs, nextAt, tries, result, events }) {
      const found = await rows(
        pool,
        `WITH ended AS (
           UPDATE housekeeping SET lease_until = NULL, running_by = NULL, began_at = NULL, tries = $3,
             next_at = coalesce($4::timestamptz, next_at), last_outcome = $5, last_detail = $6, last_ms = $7,
             last_at = clock_timestamp(), failures = failures + ($5 = 'failed')::int, result = coalesce($8::jsonb, result),
             last_success_at = CASE WHEN $5 = 'succeeded' THEN clock_timestamp() ELSE last_success_at END
           WHERE name = $1 AND epoch = $2 AND lease_until IS NOT NULL RETURNING name),
         told AS (
           INSERT INTO events (kind, actor, data)
           SELECT e.kind, e.actor, e.data FROM ended, jsonb_to_recordset($9::jsonb) AS e(kind text, actor text, data jsonb))
         SELECT name FROM ended`,
        [
          ...[name, epoch, tries, nextAt?.toISOString() ?? null, outcome, detail, durationMs],
          ...[result === undefined ? null : JSON.stringify(result), JSON.stringify(events)],
        ],
      );
      return found.length > 0;
    },

    async hasten(names) {
      await rows(
        pool,
        'UPDATE housekeeping SET next_at = least(next_at, clock_timestamp()) WHERE name = ANY($1::text[]) AND wanted',
        [[...names]],
      );
    },

    async list() {
      const found = await rows<object>(
        pool,
        `SELECT name, cron, time_zone, next_at, last_outcome, last_at, last_ms, last_detail, last_success_at, result,
           CASE WHEN lease_until > clock_timestamp() THEN running_by END AS running_by, began_at
         FROM housekeeping WHERE wanted ORDER BY name`,
      );
      return found.map((row) => stateOf(jobRow.parse(row)));
    },
  };
}

const jobRow = z.object({
  name: z.string(),
  cron: z.string(),
  time_zone: z.string(),
  next_at: z.date(),
  last_outcome: z.enum(['succeeded', 'failed', 'interrupted']).nullable(),
  last_at: z.date().nullable(),
  last_ms: z.coerce.number().nullable(),
  last_detail: z.string().nullable(),
  last_success_at: z.date().nullable(),
  result: z.record(z.string(), z.json()).nullable(),
  running_by: z.string().nullable(),
  began_at: z.date().nullable(),
});

function stateOf(row: z.output<typeof jobRow>): JobState {
  const { last_outcome: outcome, last_at: at, running_by: by, began_at: since } = row;
  return {
    name: row.name,
    cron: row.cron,
    timeZone: row.time_zone,
    nextAt: row.next_at,
    running: by !== null && since ? { by, since } : null,
    last: outcome && at ? { outcome, at, durationMs: row.last_ms ?? 0, detail: row.last_detail ?? '' } : null,
    lastSuccessAt: row.last_success_at,
    result: row.result,
  };
}
