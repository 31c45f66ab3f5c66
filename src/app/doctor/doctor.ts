import { setTimeout as delay } from 'node:timers/promises';
import { checkAudit } from './check-audit.js';
import { checkDatabase } from './check-database.js';
import { checkExtensions } from './check-extensions.js';
import { checkConstitution, checkDataFolder, checkRunbooks, checkTokens } from './check-files.js';
import { checkHourlySnapshots } from './check-hourly-snapshots.js';
import { checkKubernetes } from './check-kubernetes.js';
import { checkPagers } from './check-pagers.js';
import { checkRedis } from './check-redis.js';
import { checkSecretFiles } from './check-secret-files.js';
import { checkSecrets } from './check-secrets.js';
import { checkArchive, checkConfig, checkEnvironment, checkSecretKey } from './check-settings.js';
import { checkSlack } from './check-slack.js';
import { type Check, type Finding, formatFindings, summarise } from './finding.js';
import { admit, type Patient } from './patient.js';
import { reasonOf } from './reason.js';

export interface DoctorPorts {
  env: NodeJS.ProcessEnv;
  /** Longest time for one check, milliseconds; default 3000. */
  timeoutMs?: number;
}

/**
 * Looks at everything that Reviver stands on and changes nothing. Works when parts are down: each check has its own
 * time limit, and all run at once. `ok` is false when something must be mended.
 */
export async function runDoctor({ env, timeoutMs = 3_000 }: DoctorPorts): Promise<{ ok: boolean; lines: string[] }> {
  const patient = await admit(env);
  const found = await Promise.all(
    CHECKS.map(([about, check]) => withinTime(about, (signal) => check(patient)(signal), timeoutMs)),
  );
  const findings = found.flat();
  const ok = findings.every(({ state }) => state !== 'broken');
  return { ok, lines: [...formatFindings(findings), '', summarise(findings)] };
}

/** In the order of the table. */
const CHECKS: readonly [about: string, check: (patient: Patient) => Check][] = [
  ['environment', checkEnvironment],
  ['config', checkConfig],
  ['secret key', checkSecretKey],
  ['database', checkDatabase],
  ['audit', checkAudit],
  ['redis', checkRedis],
  ['archive', checkArchive],
  ['hourly snapshots', checkHourlySnapshots],
  ['kubernetes', checkKubernetes],
  ['runbooks', checkRunbooks],
  ['extensions', checkExtensions],
  ['secrets', checkSecrets],
  ['secret files', checkSecretFiles],
  ['tokens', checkTokens],
  ['data folder', checkDataFolder],
  ['constitution', checkConstitution],
  ['slack', checkSlack],
  ['pagers', checkPagers],
];

async function withinTime(about: string, check: Check, timeoutMs: number): Promise<Finding[]> {
  const over = new AbortController();
  const late: Finding = { state: 'broken', about, what: `no answer within ${timeoutMs / 1_000} s`, mend: LATE };
  try {
    return await Promise.race([
      check(over.signal).catch((error): Finding[] => [{ state: 'broken', about, what: reasonOf(error), mend: LATE }]),
      delay(timeoutMs, [late], { signal: over.signal }).catch(() => [late]),
    ]);
  } finally {
    over.abort();
  }
}

const LATE = 'See that it runs, and that this machine can reach it.';
