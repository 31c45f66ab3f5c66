import type { ChatPlatform } from '../bot/port.js';
import type { Engine } from '../engine/engine.js';

interface Report {
  able: boolean;
  checks: Record<string, { ok: boolean; detail: string }>;
}

const READ_ONLY = 'read-only: nothing can be stored, so nothing is started';
const WITHIN_MS = 3_000;

/** The state of the parts, in time for a probe. Redis may be gone without anything stopping (D7). */
export function createHealthReport(
  engine: Engine,
  platforms: readonly Pick<ChatPlatform, 'name' | 'healthy'>[],
  /** False while the database refuses every write. */
  writable: () => Promise<boolean> = async () => true,
  /** Channels of escalations that do not get through. */
  failing: () => Promise<readonly string[]> = async () => [],
): () => Promise<Report> {
  return async (): Promise<Report> => {
    const status = await Promise.race([engine.status(), late()]).catch(() => undefined);
    if (!status || status.postgres === 'down')
      return { able: false, checks: { postgres: { ok: false, detail: 'does not answer' } } };
    if (!(await writable().catch(() => true)))
      return { able: false, checks: { postgres: { ok: false, detail: READ_ONLY } } };
    const workers = status.workers.length;
    const silent = await failing().catch(() => []);
    return {
      // A process that cannot hear people looks well from outside: whoever watches it must see red.
      able: platforms.every((platform) => platform.healthy().ok),
      checks: {
        ...Object.fromEntries(platforms.map((platform) => [platform.name, platform.healthy()])),
        postgres: { ok: true, detail: 'answers' },
        ...(silent.length > 0
          ? { escalation: { ok: false, detail: `not reached: ${silent.join(', ')}; the next levels were called` } }
          : {}),
        redis: {
          ok: status.redis === 'ok',
          detail: status.redis === 'ok' ? 'answers' : 'down; work goes on, wake-ups are slower',
        },
        workers: { ok: workers > 0, detail: workers > 0 ? `${workers} alive` : 'none alive: nothing is executed' },
      },
    };
  };
}

function late(): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), WITHIN_MS).unref();
  });
}
