import { Gauge, type Registry } from 'prom-client';

export interface AuditFacts {
  unsealedS: number;
  sealed: number;
  signed: number;
}

const ROWS: readonly [name: string, help: string, pick: (facts: AuditFacts) => number][] = [
  ['audit_unsealed_seconds', 'Age of the oldest event that the audit has not sealed; 0: all are', (f) => f.unsealedS],
  ['audit_sealed_entries', 'Place of the last entry of the audit', (f) => f.sealed],
  ['audit_signed_entries', 'Place of the last entry that a stored anchor signs', (f) => f.signed],
];

/** Registers them; while the database is away they keep what they had: bot_db_pool_healthy tells of that. */
export function createAuditMetrics(registry: Registry, facts: () => Promise<AuditFacts>): void {
  let looking: Promise<AuditFacts | undefined> | undefined;
  const look = () => {
    looking ??= facts()
      .catch(() => undefined)
      .finally(() => {
        looking = undefined;
      });
    return looking;
  };
  for (const [name, help, pick] of ROWS)
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const now = await look();
        if (now) this.set(pick(now));
      },
    });
}
