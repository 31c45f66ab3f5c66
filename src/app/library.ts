import { z } from 'zod';
import { type Breakers, createBreakers } from '../engine/breakers/breakers.js';
import type { BreakerView } from '../engine/breakers/view.js';
import { UserError } from '../engine/model/errors.js';
import type { BreakerSettings } from '../engine/model/service.js';
import type { Log } from '../engine/ports.js';
import { createBreakerStore } from '../store/breaker-store.js';
import { requireSchema } from '../store/migrations.js';
import { createPool } from '../store/pool.js';
import { createDatabaseClock } from './database-clock.js';

export interface OpenBreakersOptions {
  /** Reviver's own database: breakers are shared with it by the names of services. */
  databaseUrl: string;
  /** Services that this program calls; a setting that is left out has the default of the configuration. */
  services: Readonly<Record<string, Partial<Omit<BreakerSettings, 'enabled'>>>>;
  /** What happens behind a call, such as a database that is away; default: nothing is said. */
  log?: Log;
}

/** Circuit breakers in a program of your own. */
export interface CallBreakers extends Pick<Breakers, 'protect'> {
  state(service: string): Promise<BreakerView>;
  /** Waits until what was counted is stored. */
  close(): Promise<void>;
}

/** Opens the breakers of these services. Throws a `UserError` when the database does not answer, or is not Reviver's. */
export async function openBreakers({
  databaseUrl,
  services,
  log = () => {},
}: OpenBreakersOptions): Promise<CallBreakers> {
  const known = Object.entries(services).map(([name, given]) => ({ name, breaker: readSettings(given) }));
  const pool = createPool(databaseUrl, { connections: 2, applicationName: 'reviver library' });
  try {
    await requireSchema(pool);
    const breakers = createBreakers({
      services: () => known,
      store: createBreakerStore(pool),
      clock: createDatabaseClock(),
      // Other processes find it by their next look.
      changed: () => {},
      log,
    });
    await breakers.follow();
    return {
      protect: breakers.protect,
      state: async (service) => (await breakers.look(service)).view,
      async close() {
        await breakers.close();
        await pool.end();
      },
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
}

const atLeast = (least: number) => z.int().min(least);
const settings = z
  .strictObject({
    failureThreshold: atLeast(1).default(5),
    failureRateThreshold: z.number().min(0).max(1).default(0.5),
    openMs: atLeast(1).default(60_000),
    maxOpenMs: atLeast(1).default(600_000),
    requestTimeoutMs: atLeast(1).default(30_000),
    maxConcurrentCalls: atLeast(1).default(100),
  })
  .transform((given) => ({ ...given, enabled: true, maxOpenMs: Math.max(given.openMs, given.maxOpenMs) }));

function readSettings(given: object): BreakerSettings {
  const read = settings.safeParse(given);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new UserError('invalid_input', `${issue?.path.join('.') || 'services'}: ${issue?.message ?? 'not allowed'}.`);
}
