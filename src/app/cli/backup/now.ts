import { BACKUP_JOBS } from '../../../engine/backups/job-names.js';
import { backUpOne } from '../../../engine/backups/jobs.js';
import { failureInWords } from '../../../engine/health/words.js';
import { planJobs, runIfFree } from '../../../engine/housekeeping/keeper.js';
import { UserError } from '../../../engine/model/errors.js';
import { createPool } from '../../../store/pool.js';
import type { Desk } from './desk.js';
import { showProgress } from './progress.js';

/** Without names: the jobs that would run at night, once in the cluster, so that their next times and alerts know of it. */
export async function backUpNow(desk: Desk, names: readonly string[]): Promise<void> {
  const failed = names.length > 0 ? await backUpThese(desk, names) : await runJobs(desk);
  await desk.close();
  if (failed.length > 0) throw new UserError('invalid_input', `Not done: ${failed.join(', ')}.`);
}

async function backUpThese(desk: Desk, names: readonly string[]): Promise<string[]> {
  const failed: string[] = [];
  for (const name of names) {
    const progress = showProgress(name);
    try {
      const { id } = await backUpOne(name, desk, desk.context(name, { onBytes: progress.onBytes }));
      desk.print(`${name}: backup ${id}, ${progress.end()}`);
    } catch (error) {
      progress.end();
      desk.signal.throwIfAborted();
      desk.print(`${name}: ${failureInWords(error)}`);
      failed.push(name);
    }
  }
  return failed;
}

async function runJobs(desk: Desk): Promise<string[]> {
  const pool = createPool(desk.databaseUrl, { applicationName: 'reviver backup', connections: 2 });
  const failed: string[] = [];
  try {
    const keeper = desk.keeper(pool);
    await planJobs({ jobs: desk.jobs, store: keeper.store, timeZone: desk.timeZone });
    for (const job of desk.jobs.filter(({ name }) => BACKUP_JOBS.includes(name))) {
      const progress = showProgress(job.name);
      const came = await runIfFree(job, { ...keeper, onBytes: progress.onBytes }, 'asked', desk.signal);
      const measured = progress.end();
      if (!came) desk.print(`${job.name}: runs already, in another process`);
      else if (came.outcome === 'succeeded') desk.print(`${job.name}: ${came.result.summary} (${measured})`);
      else desk.print(`${job.name}: ${came.outcome}: ${came.detail}`);
      if (came && came.outcome !== 'succeeded') failed.push(job.name);
    }
    return failed;
  } finally {
    await pool.end();
  }
}
