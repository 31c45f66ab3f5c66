import { type Environment, readEnvironment } from '../../../config/environment.js';
import { requireSchema } from '../../../store/migrations.js';
import type { Pool } from '../../../store/pool.js';
import { createPool } from '../../../store/pool.js';

export interface Opened {
  pool: Pool;
  environment: Environment;
  /** Aborts when the person presses Ctrl-C. */
  signal: AbortSignal;
}

/** Hands the database to one command, and closes it. */
export async function withAudit<Result>(work: (opened: Opened) => Promise<Result>): Promise<Result> {
  const environment = readEnvironment(process.env, ['DATABASE_URL']);
  const pool = createPool(environment.DATABASE_URL?.reveal() ?? '', {
    applicationName: 'reviver audit',
    timeLimits: false,
  });
  const ending = new AbortController();
  const end = () => ending.abort();
  process.once('SIGINT', end);
  try {
    await requireSchema(pool);
    return await work({ pool, environment, signal: ending.signal });
  } finally {
    process.off('SIGINT', end);
    await pool.end();
  }
}
