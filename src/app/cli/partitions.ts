import { readEnvironment } from '../../config/environment.js';
import { loadConfig } from '../../config/load.js';
import { requireSchema } from '../../store/migrations.js';
import { createPool } from '../../store/pool.js';
import { createLog } from '../logger.js';
import { lookAfterPartitions } from '../tidying.js';

/** What happens by itself every day, now: for whoever mends what an alert tells of. */
export async function partitionsCommand(print: (line: string) => void): Promise<void> {
  const environment = readEnvironment(process.env, ['DATABASE_URL']);
  const { retention, constitution } = await loadConfig(environment.REVIVER_CONFIG);
  const pool = createPool(environment.DATABASE_URL?.reveal() ?? '', { applicationName: 'reviver partitions' });
  const ending = new AbortController();
  process.once('SIGINT', () => ending.abort());
  try {
    await requireSchema(pool);
    const log = createLog(environment.LOG_LEVEL, constitution.hash);
    const { summary } = await lookAfterPartitions(
      pool,
      { retention, log, auditKeyFile: environment.AUDIT_SIGNING_KEY_FILE },
      ending.signal,
    );
    print(`Partitions: ${summary}.`);
  } finally {
    await pool.end();
  }
}
