import { InvalidInput } from '../model/errors.js';
import type { Service } from '../model/service.js';
import type { BackupDefinition } from './catalog.js';
import type { ConfigurationSource } from './configuration-source.js';

/** What Reviver itself needs to come back: its database, its Redis, what it has learned, and what it was told. */
export interface Own {
  definitions: Record<string, BackupDefinition>;
  services: readonly Service[];
}

/** Every five minutes one, of which an hour is kept: a Redis whose disk is lost may lose five minutes. */
export const RECENT_REDIS = 'reviver_redis_recent';

export const OWN_CONFIGURATION = 'reviver_configuration';

/** @param given DATABASE_URL and REDIS_URL; `configuration` absent: this program has none that could be exported */
export function ownBackups({
  databaseUrl,
  redisUrl,
  configuration,
}: {
  databaseUrl: string;
  redisUrl: string;
  configuration?: ConfigurationSource | undefined;
}): Own {
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
      ...(configuration
        ? { [OWN_CONFIGURATION]: { service: OWN_CONFIGURATION, location: 'configuration' as const, configuration } }
        : {}),
    },
    services: [postgres, ...redis, ...(configuration ? [ownService(OWN_CONFIGURATION)] : [])],
  };
}

/** The configuration's backups and Reviver's own, which have names of their own. */
export function withOwn(
  configured: Record<string, { service: string; location: string; database?: string }>,
  own: Own,
): Record<string, Omit<BackupDefinition, 'location'> & { location: string }> {
  const foreign = Object.entries(configured).find(([, { location }]) => location === 'configuration');
  if (foreign)
    throw new InvalidInput(`backups.${foreign[0]}.location`, 'configuration', 'redis, postgres or knowledge');
  const taken = Object.keys(own.definitions).find((name) => Object.hasOwn(configured, name));
  if (taken !== undefined) throw new InvalidInput('backups', taken, "another name: that is Reviver's own backup");
  return { ...configured, ...own.definitions };
}

function ownService(name: string, type?: 'postgres' | 'redis', url = ''): Service {
  return {
    name,
    runtime: 'process',
    health: type ? [{ type, url, intervalMs: 15_000, timeoutMs: 5_000, failures: 2 }] : [],
    recoveryStrategies: [],
    maxRecoveryAttempts: 1,
    criticality: 'critical',
    priority: 1,
    dependsOn: [],
  };
}
