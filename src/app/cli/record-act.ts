import { hostname, userInfo } from 'node:os';
import { inspectEnvironment } from '../../config/environment.js';
import type { JsonObject } from '../../engine/model/json.js';
import { createEventLog } from '../../store/event-log.js';
import { requireSchema } from '../../store/migrations.js';
import { createPool } from '../../store/pool.js';

/** For the audit: an act at a shell, by the account of this machine. Gives why it could not be recorded, and never rejects. */
export async function recordAct(kind: string, facts: JsonObject): Promise<string | undefined> {
  const url = inspectEnvironment(process.env).environment.DATABASE_URL?.reveal();
  if (!url) return 'DATABASE_URL is not set.';
  const pool = createPool(url, { applicationName: 'reviver', connections: 1 });
  try {
    await requireSchema(pool);
    const data = { ...facts, via: 'cli', address: hostname() };
    await createEventLog(pool).record(null, [{ kind, actor: `shell:${account()}`, data }]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await pool.end();
  }
}

/** Containers may run as a number without a name. */
function account(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
