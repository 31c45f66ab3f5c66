import { ActionError } from '../actions/action.js';
import { sizeInWords } from '../actions/docker/size.js';
import { capture } from '../actions/snapshots/capture.js';
import type { Subject } from '../actions/snapshots/part.js';
import { count, failureInWords } from '../health/words.js';
import type { HousekeepingJob, JobContext, JobResult } from '../housekeeping/job.js';
import type { Service } from '../model/service.js';
import type { Runtimes } from '../runtimes/runtimes.js';
import { createSecrets, type Secrets } from '../secrets/secrets.js';
import { withItsSecrets } from '../secrets/service-settings.js';
import type { Snapshot, SnapshotStore } from './snapshot.js';

export interface HourlyParts {
  services(): readonly Service[];
  runtime: Runtimes;
  /** A place of their own, with a retention of their own. */
  snapshots: SnapshotStore;
  /** What references in the settings of services mean; absent: there are none. */
  secrets?: Secrets;
}

const TAKEN_BY = 'clock/';

/** Source: issue of the disaster recovery document, volumes hourly where the platform can. */
export function hourlySnapshots(parts: HourlyParts): HousekeepingJob {
  return {
    name: 'backup_volumes',
    cron: '20 * * * *',
    timeoutMs: 55 * 60_000,
    run: (ctx) => takeAll(parts, ctx),
  };
}

/** A service with its secrets, right before it is asked for its state. */
export async function subjectOf(
  service: Service,
  { runtime, secrets = createSecrets([]) }: HourlyParts,
  { signal, exec }: JobContext,
): Promise<Subject> {
  return { service: await withItsSecrets(service, secrets, signal), runtime: runtime(service.name, exec) };
}

/** One that fails keeps none of the others from being taken. A repeated turn takes those that are missing of its hour. */
async function takeAll(parts: HourlyParts, ctx: JobContext): Promise<JobResult> {
  const { services, snapshots } = parts;
  const hour = ctx.now().toISOString().slice(0, 13);
  const taken: Snapshot[] = [];
  const failures: string[] = [];
  for (const service of services().filter(({ hourlySnapshots: wanted }) => wanted)) {
    try {
      const subject = await subjectOf(service, parts, ctx);
      const of = { service: service.name, runtime: subject.runtime.name, createdAt: ctx.now() };
      const by = `${TAKEN_BY}${hour}`;
      taken.push(await snapshots.take({ ...of, by }, (folder) => capture(subject, folder, ctx), ctx.signal));
      await snapshots.prune(service.name, ctx.now());
    } catch (error) {
      ctx.signal.throwIfAborted();
      failures.push(`${service.name}: ${failureInWords(error)}`);
    }
  }
  if (failures.length > 0) throw new ActionError(failures.join(' '), { code: 'snapshot_failed' });
  const bytes = taken.reduce((sum, one) => sum + one.bytes, 0);
  const summary =
    taken.length === 0 ? 'no service asks for it' : `${count(taken.length, 'snapshot')}, ${sizeInWords(bytes)}`;
  return { summary, bytes, taken: taken.map(({ service, id }) => `${service} ${id}`) };
}
