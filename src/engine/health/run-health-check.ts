import { randomUUID } from 'node:crypto';
import { formatDuration } from '../model/duration.js';
import type { HealthCheck } from '../model/service.js';
import { createExec } from '../processes/exec.js';
import type { Guardian } from '../processes/guardian.js';
import type { HealthResult } from './check.js';
import { checkCommand } from './command.js';
import { checkContainer } from './container.js';
import { checkHttp } from './http.js';
import { checkPostgres } from './postgres.js';
import type { Look, Probe, RunProgram } from './probe.js';
import { checkRedis } from './redis.js';
import { checkTcp } from './tcp.js';
import { TimeOver, within } from './within.js';
import { failureInWords } from './words.js';

const PROBES: Record<HealthCheck['type'], Probe> = {
  http: checkHttp,
  tcp: checkTcp,
  redis: checkRedis,
  postgres: checkPostgres,
  container: checkContainer,
  command: checkCommand,
};

/**
 * Asks once, for at most the check's timeout. Never throws: a check that cannot be made, or was aborted, is an unhealthy
 * answer that says why. `run` runs the program of a command check; by default one that is ended with the check, and that
 * nobody ends when this process is killed. `look` is for container checks.
 */
export async function runHealthCheck(
  check: HealthCheck,
  signal?: AbortSignal,
  run: RunProgram = runUnguarded,
  look?: Look,
): Promise<HealthResult> {
  const started = performance.now();
  const finding = await within(check.timeoutMs, signal, (limited) =>
    PROBES[check.type](check, limited, run, look),
  ).catch((error: unknown) => ({
    healthy: false,
    detail: error instanceof TimeOver ? `no answer within ${formatDuration(check.timeoutMs)}` : failureInWords(error),
  }));
  return { ...finding, durationMs: Math.round(performance.now() - started) };
}

const NO_GUARDIAN: Guardian = { add: async () => {}, remove() {}, async close() {} };

function runUnguarded(command: string[], signal: AbortSignal): ReturnType<RunProgram> {
  return createExec(NO_GUARDIAN)({ runKey: `health-${randomUUID()}`, signal })(command);
}
