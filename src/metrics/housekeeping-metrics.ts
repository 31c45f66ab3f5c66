import { Counter, Gauge, type Registry } from 'prom-client';

/** What routine care has done, over all processes and restarts. Times are seconds since 1970; null: never yet. */
export interface HousekeepingFacts {
  partitions: {
    lastSuccess: number | null;
    creationSuccess: number | null;
    failing: boolean;
    created: number;
    dropped: number;
    errors: number;
  };
  /** By what is saved: postgres, redis, knowledge; and `verify`, the proof of them all. */
  backups: {
    component: string;
    lastSuccess: number | null;
    bytes: number | null;
    durationS: number | null;
    failing: boolean;
    errors: number;
  }[];
}

type Labels = Partial<Record<'component', string>>;

interface Row {
  kind: 'counter' | 'gauge';
  name: string;
  help: string;
  samples(facts: HousekeepingFacts): { labels: Labels; value: number | null }[];
}

const partitions =
  (pick: (facts: HousekeepingFacts['partitions']) => number | null): Row['samples'] =>
  (facts) => [{ labels: {}, value: pick(facts.partitions) }];
const backups =
  (pick: (facts: HousekeepingFacts['backups'][number]) => number | null): Row['samples'] =>
  (facts) =>
    facts.backups.map((backup) => ({ labels: { component: backup.component }, value: pick(backup) }));
const of = (kind: Row['kind'], name: string, help: string, samples: Row['samples']): Row => ({
  kind,
  name,
  help,
  samples,
});

/**
 * Names of the source document on operations; `*_failing` is 1 from a failure to the next success. The times of partitions
 * are zero while there is none: an installation whose first run fails is found stale at once.
 */
const ROWS: readonly Row[] = [
  of(
    'gauge',
    'partition_last_success_timestamp',
    'When the partitions were last made and dropped',
    partitions((p) => p.lastSuccess ?? 0),
  ),
  of(
    'gauge',
    'partition_creation_last_success_timestamp',
    'When all partitions to come were last there',
    partitions((p) => p.creationSuccess ?? 0),
  ),
  of(
    'counter',
    'partition_created_total',
    'Partitions that were made',
    partitions((p) => p.created),
  ),
  of(
    'counter',
    'partition_dropped_total',
    'Partitions that were dropped with their rows',
    partitions((p) => p.dropped),
  ),
  of(
    'counter',
    'partition_errors_total',
    'Runs of the care of partitions that failed',
    partitions((p) => p.errors),
  ),
  of(
    'gauge',
    'partition_failing',
    '1 from a failed run to the next that succeeds',
    partitions((p) => (p.failing ? 1 : 0)),
  ),
  of(
    'gauge',
    'backup_last_success_timestamp',
    'When this kind of data was last saved',
    backups((b) => b.lastSuccess),
  ),
  of(
    'gauge',
    'backup_last_size_bytes',
    'On disk, of the last backup that succeeded',
    backups((b) => b.bytes),
  ),
  of(
    'gauge',
    'backup_duration_seconds',
    'Of the last run',
    backups((b) => b.durationS),
  ),
  of(
    'counter',
    'backup_errors_total',
    'Runs that failed',
    backups((b) => b.errors),
  ),
  of(
    'gauge',
    'backup_failing',
    '1 from a failed run to the next that succeeds',
    backups((b) => (b.failing ? 1 : 0)),
  ),
];

/** Registers them; one look a scrape serves all. When it fails they keep what they had: bot_db_pool_healthy tells of that. */
export function createHousekeepingMetrics(registry: Registry, facts: () => Promise<HousekeepingFacts>): void {
  let looking: Promise<HousekeepingFacts | undefined> | undefined;
  const look = () => {
    looking ??= facts()
      .catch(() => undefined)
      .finally(() => {
        looking = undefined;
      });
    return looking;
  };
  for (const { kind, name, help, samples } of ROWS) {
    const labelNames = name.startsWith('backup_') ? (['component'] as const) : [];
    const about = { name, help, labelNames, registers: [registry] };
    if (kind === 'counter')
      new Counter({
        ...about,
        async collect() {
          const now = await look();
          if (!now) return;
          this.reset();
          for (const { labels, value } of samples(now)) if (value !== null) this.inc(labels, value);
        },
      });
    else
      new Gauge({
        ...about,
        async collect() {
          const now = await look();
          if (!now) return;
          this.reset();
          for (const { labels, value } of samples(now)) if (value !== null) this.set(labels, value);
        },
      });
  }
}
