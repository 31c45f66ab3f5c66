import { EntitySchema } from 'typeorm';
import type { AutoAnswer, IncidentAlert } from '../engine/engine.js';
import type { ApprovalRow, EventRow } from './rows.js';

/**
 * Tables as TypeORM sees them. Column types are explicit, so that no decorator metadata is needed; the schema itself is
 * made by migrations only.
 */

export interface IncidentRow {
  id: number;
  service: string | null;
  fingerprint: string;
  title: string;
  detail: string;
  severity: number;
  state: 'open' | 'acknowledged' | 'resolved';
  count: number;
  version: number;
  acknowledged_by: string | null;
  recovery_id: number | null;
  started_at: Date;
  resolved_at: Date | null;
  about: string | null;
  alert: IncidentAlert | null;
  alerts: number;
  firing: number;
  own: string[];
  found: string | null;
  auto: AutoAnswer | null;
}

export const IncidentEntity = new EntitySchema<IncidentRow>({
  name: 'incident',
  tableName: 'incidents',
  columns: {
    id: { type: 'integer', primary: true, generated: 'increment' },
    service: { type: 'text', nullable: true },
    fingerprint: { type: 'text' },
    title: { type: 'text' },
    detail: { type: 'text' },
    severity: { type: 'double precision' },
    state: { type: 'text', default: 'open' },
    count: { type: 'integer', default: 1 },
    version: { type: 'integer', default: 0 },
    acknowledged_by: { type: 'text', nullable: true },
    recovery_id: { type: 'integer', nullable: true },
    started_at: { type: 'timestamptz', default: () => 'now()' },
    resolved_at: { type: 'timestamptz', nullable: true },
    about: { type: 'text', nullable: true },
    alert: { type: 'jsonb', nullable: true },
    alerts: { type: 'integer', default: 0 },
    firing: { type: 'integer', default: 0 },
    own: { type: 'text', array: true, default: '{}' },
    found: { type: 'text', nullable: true },
    auto: { type: 'jsonb', nullable: true },
  },
});

export interface HealthRow {
  service: string;
  status: 'healthy' | 'unhealthy' | 'unknown';
  detail: string;
  consecutive_failures: number;
  consecutive_successes: number;
  falls: Date[];
  flapping: boolean;
  caused_by: string | null;
  since: Date;
  checked_at: Date;
}

export const HealthEntity = new EntitySchema<HealthRow>({
  name: 'service_health',
  tableName: 'service_health',
  columns: {
    service: { type: 'text', primary: true },
    status: { type: 'text' },
    detail: { type: 'text' },
    consecutive_failures: { type: 'integer' },
    consecutive_successes: { type: 'integer' },
    falls: { type: 'timestamptz', array: true },
    flapping: { type: 'boolean' },
    caused_by: { type: 'text', nullable: true },
    since: { type: 'timestamptz' },
    checked_at: { type: 'timestamptz' },
  },
});

export const EventEntity = new EntitySchema<EventRow>({
  name: 'event',
  tableName: 'events',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    at: { type: 'timestamptz', primary: true, default: () => 'clock_timestamp()' },
    xid: { type: 'text', insert: false, update: false },
    recovery_id: { type: 'integer', nullable: true },
    kind: { type: 'text' },
    actor: { type: 'text' },
    data: { type: 'jsonb' },
  },
});

export const ApprovalEntity = new EntitySchema<Omit<ApprovalRow, 'decisions'>>({
  name: 'approval',
  tableName: 'approvals',
  columns: {
    id: { type: 'text', primary: true },
    recovery_id: { type: 'integer' },
    step: { type: 'smallint', nullable: true },
    digest: { type: 'text' },
    need: { type: 'smallint' },
    role: { type: 'text' },
    including: { type: 'text', nullable: true },
    requested_by: { type: 'text' },
    state: { type: 'text' },
    created_at: { type: 'timestamptz' },
    expires_at: { type: 'timestamptz' },
    decided_at: { type: 'timestamptz', nullable: true },
    use_before: { type: 'timestamptz', nullable: true },
    detail: { type: 'jsonb', nullable: true },
  },
});

export const ENTITIES = [IncidentEntity, HealthEntity, EventEntity, ApprovalEntity];
