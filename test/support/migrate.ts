import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DataSource } from 'typeorm';
import { isObject } from './is-object.js';

const STORE = fileURLToPath(new URL('../../src/store/data-source.ts', import.meta.url));

/** Runs all migrations on a database; none while there is no store. */
export async function migrate(url: string): Promise<void> {
  if (!existsSync(STORE)) return;
  const store: unknown = await import(STORE);
  const create = isObject(store) ? store.createDataSource : undefined;
  const source: unknown = typeof create === 'function' ? create(url) : undefined;
  if (!(source instanceof DataSource)) throw new Error(`${STORE} exports no createDataSource(url): DataSource`);
  await source.initialize();
  try {
    await source.runMigrations();
  } finally {
    await source.destroy();
  }
}
