import { ActionError } from '../actions/action.js';
import { count, failureInWords } from '../health/words.js';
import type { HousekeepingJob, JobContext, JobResult } from '../housekeeping/job.js';
import type { Service } from '../model/service.js';
import { type HourlyParts, subjectOf } from './hourly.js';
import { proveSnapshot } from './prove.js';
import type { KeptSnapshot } from './snapshot.js';

/**
 * Each hourly snapshot is tried by a restore in its own hour: it lives for a day, so that a daily proof would come for most
 * of them when they are gone, and of the newest, which is the one that is wanted, nobody would know.
 */
export function hourlyProofs(parts: HourlyParts): HousekeepingJob {
  return {
    name: 'backup_volumes_verify',
    cron: '35 * * * *',
    timeoutMs: 55 * 60_000,
    run: (ctx) => proveAll(parts, ctx),
  };
}

interface Told {
  proven: number;
  bad: string[];
}

/** What was found bad fails the turn that finds it, and each turn until a newer one is good. */
async function proveAll(parts: HourlyParts, ctx: JobContext): Promise<JobResult> {
  const told: Told = { proven: 0, bad: [] };
  let kept = 0;
  for (const service of parts.services().filter(({ hourlySnapshots: wanted }) => wanted)) {
    await parts.snapshots.sweep(service.name);
    const before = told.bad.length;
    for (const one of await parts.snapshots.list(service.name)) await proveOne(one, service, parts, ctx, told);
    const now = await parts.snapshots.list(service.name);
    const [newest] = now;
    kept += now.filter(({ damaged }) => damaged !== undefined).length;
    if (newest?.damaged !== undefined && told.bad.length === before) told.bad.push(wordsOf(newest, newest.damaged));
    const good = now.find(({ proof, damaged }) => damaged === undefined && proof?.outcome === 'restored');
    if (told.bad.length > before) told.bad.push(goodInWords(service, good));
  }
  if (told.bad.length > 0) throw new ActionError(told.bad.join(' '), { code: 'snapshots_not_proven' });
  const old = kept === 0 ? '' : `; ${kept} damaged, with a newer good one`;
  return { summary: `${count(told.proven, 'snapshot')} restored and compared${old}`, proven: told.proven };
}

async function proveOne(
  one: KeptSnapshot,
  service: Service,
  parts: HourlyParts,
  ctx: JobContext,
  told: Told,
): Promise<void> {
  const { proof, damaged } = one;
  const { snapshots } = parts;
  if (proof?.outcome === 'failed' || (proof && damaged === undefined)) return;
  if (damaged !== undefined) {
    await snapshots.prove(one, { outcome: 'failed', detail: damaged, at: ctx.now(), durationMs: 0 });
    told.bad.push(wordsOf(one, damaged));
    return;
  }
  try {
    const { outcome, detail } = await proveSnapshot(one, await subjectOf(service, parts, ctx), snapshots, ctx);
    if (outcome === 'restored') told.proven += 1;
    else told.bad.push(wordsOf(one, detail));
  } catch (error) {
    ctx.signal.throwIfAborted();
    // The next one was taken meanwhile, and this one went.
    if ((await snapshots.list(service.name)).every(({ id }) => id !== one.id)) return;
    told.bad.push(`Snapshot ${one.id} of ${one.service} could not be tried: ${failureInWords(error)}`);
  }
}

function wordsOf({ id, service }: KeptSnapshot, why: string): string {
  return `Snapshot ${id} of ${service} is damaged: ${why}.`;
}

function goodInWords({ name }: Service, good: KeptSnapshot | undefined): string {
  return good ? `The newest good one of ${name} is ${good.id}.` : `There is no good one of ${name}.`;
}
