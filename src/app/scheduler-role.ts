import { randomUUID } from 'node:crypto';
import { learned } from '../engine/auto-recover/view.js';
import type { BackupParts } from '../engine/backups/jobs.js';
import type { Breakers } from '../engine/breakers/breakers.js';
import { startProber } from '../engine/breakers/prober.js';
import type { EnginePorts } from '../engine/create-engine.js';
import type { ServiceDirectory } from '../engine/discovery/directory.js';
import type { Escalations } from '../engine/escalation/escalations.js';
import { startMonitor } from '../engine/health/monitor.js';
import type { RunProgram } from '../engine/health/probe.js';
import type { Service } from '../engine/model/service.js';
import { createExec } from '../engine/processes/exec.js';
import { createGuardian } from '../engine/processes/guardian.js';
import { tellOfStranded } from '../engine/recovery/stranded.js';
import type { Runtimes } from '../engine/runtimes/runtimes.js';
import { checkWithSecrets } from '../engine/secrets/check-with-secrets.js';
import { createRecall } from '../engine/secrets/recall.js';
import type { Secrets } from '../engine/secrets/secrets.js';
import type { SnapshotStore } from '../engine/snapshots/snapshot.js';
import { maintenanceNow } from '../engine/use-cases/maintenance.js';
import { createMakePlan } from '../engine/use-cases/make-plan.js';
import { createRecheck } from '../engine/use-cases/recheck.js';
import type { SharedRedis } from '../jobs/shared-redis.js';
import type { Signals } from '../jobs/signals.js';
import { createAvailabilityStore } from '../store/availability-store.js';
import { createLeadership } from '../store/leadership.js';
import type { Pool } from '../store/pool.js';
import { startSealing } from './audit/sealing.js';
import type { Closing } from './closing.js';
import { startHousekeeping } from './housekeeping.js';
import { startKnowledgeCare } from './knowledge-care.js';
import { startLeaderLook } from './leader-look.js';
import type { NodeOptions } from './node-options.js';
import { tidyAtStart } from './tidying.js';

export interface SchedulerRoleParts {
  engine: EnginePorts & { escalations: Escalations };
  breakers: Breakers;
  signals: Pick<Signals, 'onBreaker'>;
  directory: ServiceDirectory;
  closing: Closing;
  pool: Pool;
  runtime: Runtimes;
  secrets: Secrets;
  wakes: SharedRedis;
  backups: BackupParts;
  /** Snapshots that the clock takes. */
  hourly: SnapshotStore | undefined;
}

/** How long health checks use what a source of secrets has told, and for how long while it is away. */
const SECRETS_OF_CHECKS = { freshMs: 30_000, keptMs: 15 * 60_000 };

/** Routine care: it watches services (one process of the cluster does, the others stand by), and keeps the knowledge base and the database tidy. */
export function startSchedulerRole(options: NodeOptions, parts: SchedulerRoleParts): void {
  const { engine, breakers, directory, closing } = parts;
  const { log } = options;
  const guardian = createGuardian();
  closing.add('guardian of checks', () => guardian.close());
  const leadership = createLeadership(parts.pool, 'health');
  closing.add('leadership', () => leadership.close());
  const run = guarded(guardian);
  const look = (service: string, signal: AbortSignal) => parts.runtime(service).status(signal);
  const settle = createRecall(parts.secrets, { ...SECRETS_OF_CHECKS, nowMs: () => performance.now() });
  const check = async (service: Service, signal: AbortSignal) =>
    (await checkWithSecrets(service, settle, signal, { run, look })) ?? {
      healthy: true,
      detail: 'no check',
      durationMs: 0,
    };
  const availability = createAvailabilityStore(parts.pool);
  const monitor = startMonitor({
    directory,
    check: (service, signal) => breakers.watch(service.name, () => check(service, signal), signal),
    ask: check,
    incidents: engine.incidents,
    availability,
    maintenance: () => maintenanceNow(engine),
    leads: leadership.leads,
    now: engine.now,
    log,
  });
  closing.add('health monitor', () => monitor.stop());
  if (options.services.some(({ breaker }) => breaker?.enabled)) {
    parts.signals.onBreaker(breakers.heard);
    void breakers.follow();
    const prober = startProber({ breakers, services: directory.all, check, leads: leadership.leads, log });
    closing.add('prober of circuit breakers', () => prober.stop());
  }
  const waiting = createLeadership(parts.pool, 'waiting');
  closing.add('leadership of what waits', () => waiting.close());
  const recheck = createRecheck({ ...engine, makePlan: createMakePlan(engine) });
  const looking = { leads: waiting.leads, everyMs: LOOK_MS, log };
  const strandedAfterMs = options.strandedAfterMs ?? STRANDED_AFTER_MS;
  const stranded = startLeaderLook('stranded recoveries', () => tellOfStranded(engine, strandedAfterMs), looking);
  closing.add('look for stranded recoveries', () => stranded.stop());
  const stale = startLeaderLook('questions that are out of date', recheck, looking);
  closing.add('look for questions that are out of date', () => stale.stop());
  const climbing = { ...looking, everyMs: CLIMB_MS };
  const escalations = startLeaderLook('people who are to be called', engine.escalations.look, climbing);
  closing.add('look for people who are to be called', () => escalations.stop());
  startKnowledgeCare(options, { pool: parts.pool, closing });
  const silences = startLeaderLook(
    'silences that are over',
    async () => void (await engine.alerts.endSilences()),
    looking,
  );
  closing.add('look for silences that are over', () => silences.stop());
  const trust = startLeaderLook('what auto_recover has earned', () => learnAll(engine), looking);
  closing.add('look for what auto_recover has earned', () => trust.stop());
  startSealing(parts.pool, { closing, log });
  startHousekeeping(options, { ...parts, services: directory.all, guardian });
  const tidying = tidyAtStart(parts.pool, options);
  closing.add('look at the partitions', () => tidying.stop());
}

/** A worker that is replaced is away for less. */
const STRANDED_AFTER_MS = 60_000;
const LOOK_MS = 5_000;
/** A level is told at most so much later than its delay says. */
const CLIMB_MS = 1_000;

/** Programs of command checks end with this process, however it ends. */
function guarded(guardian: ReturnType<typeof createGuardian>): RunProgram {
  return (command, signal) => createExec(guardian)({ runKey: `health-${randomUUID()}`, signal })(command);
}

async function learnAll({ services, autoRecover }: EnginePorts): Promise<void> {
  for (const service of services()) if (service.autoRecover !== undefined) await learned(service, autoRecover);
}
