import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { ENTITIES } from './entities.js';
import { MIGRATIONS, MIGRATIONS_TABLE } from './migrations.js';
import { connectionSettings, type PoolOptions } from './pool.js';

/** The types of an open store, for whoever wires it. */
export type { DataSource } from 'typeorm';

/** Entities and migrations on Reviver's own Postgres; `initialize()` opens it. The schema comes from migrations alone. */
export function createDataSource(url: string, options: PoolOptions = {}): DataSource {
  const { connectionTimeoutMillis, ...extra } = connectionSettings(options);
  return new DataSource({
    type: 'postgres',
    url,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTableName: MIGRATIONS_TABLE,
    synchronize: false,
    logging: false,
    poolSize: options.connections ?? 6,
    applicationName: options.applicationName ?? 'reviver',
    connectTimeoutMS: connectionTimeoutMillis,
    // A lost connection is the pool's business: the next query gets a new one.
    poolErrorHandler: () => {},
    extra,
  });
}

/** The driver's own pool. */
export function poolOf(source: DataSource): Pool {
  const driver: { master?: Pool } = Object(source.driver);
  if (!driver.master) throw new Error('the data source is not open');
  return driver.master;
}
