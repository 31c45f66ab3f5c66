import { z } from 'zod';

/** A part that Reviver needs, or that people reach it by. */
export interface PartHealth {
  ok: boolean;
  detail: string;
}

/** What the process knows about itself. Made in at most 4 s, also when a part hangs. */
export interface HealthReport {
  /** False: it cannot work at all, also not without the parts that it can do without. */
  able: boolean;
  /** By part: postgres, redis, workers, chat platforms. */
  checks: Record<string, PartHealth>;
}

export const healthJson = z.strictObject({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  checks: z.record(z.string(), z.strictObject({ status: z.enum(['ok', 'down']), detail: z.string() })),
  version: z.string(),
  constitutional_hash: z.string(),
});
export type HealthJson = z.infer<typeof healthJson>;

/** Degraded is still alive: only `unhealthy` may get a process restarted. */
export function toHealthJson(report: HealthReport, build: { version: string; constitutionalHash: string }): HealthJson {
  const parts = Object.entries(report.checks);
  return {
    status: !report.able ? 'unhealthy' : parts.every(([, part]) => part.ok) ? 'healthy' : 'degraded',
    checks: Object.fromEntries(parts.map(([name, { ok, detail }]) => [name, { status: ok ? 'ok' : 'down', detail }])),
    version: build.version,
    constitutional_hash: build.constitutionalHash,
  };
}
