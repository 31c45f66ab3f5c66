import { InvalidInput } from '../model/errors.js';
import type { Service } from '../model/service.js';
import type { BackupDefinition } from './catalog.js';

/** What Reviver itself needs to come back: its database, its Redis, and what it has learned. */
export interface Own {
  definitions: Record<string, BackupDefinition>;
  services: readonly Service[];
}

/** Every five minutes one, of which an hour is kept: a Redis whose disk is lost may lose five minutes. */
export const RECENT_REDIS = 'reviver_redis_recent';

/** @param urls DATABASE_URL and REDIS_URL */
export function ownBackups({ databaseUrl, redisUrl }: { databaseUrl: string; redisUrl: string }): Own {
  // Sentinels or a cluster name no server that could be asked for its data; nothing in Redis is missed (D6).
  const redis = /^rediss?:/.test(redisUrl) ? [ownService('reviver_redis', 'redis', redisUrl)] : [];
  const postgres = ownService('reviver_postgres', 'postgres', databaseUrl);
  return {
    definitions: {
      reviver_postgres: { service: postgres.name, location: 'postgres' },
      ...(redis.length > 0
        ? {
            reviver_redis: { service: 'reviver_redis', location: 'redis' },
            [RECENT_REDIS]: { service: 'reviver_redis', location: 'redis' },
          }
        : {}),
      reviver_knowledge: { service: postgres.name, location: 'knowledge' },
    },
    services: [postgres, ...redis],
  };
}

/** The configuration's backups and Reviver's own, which have names of their own. */
export function withOwn(
  configured: Record<string, { service: string; location: string; database?: string }>,
  own: Own,
): Record<string, { service: string; location: string; database?: string }> {
  const taken = Object.keys(own.definitions).find((name) => Object.hasOwn(configured, name));
  if (taken !== undefined) throw new InvalidInput('backups', taken, "another name: that is Reviver's own backup");
  return { ...configured, ...own.definitions };
}

function ownService(name: string, type: 'postgres' | 'redis', url: string): Service {
  return {
    name,
    runtime: 'process',
    health: [{ type, url, intervalMs: 15_000, timeoutMs: 5_000, failures: 2 }],
    recoveryStrategies: [],
    maxRecoveryAttempts: 1,
    criticality: 'critical',
    priority: 1,
    dependsOn: [],
  };
}
