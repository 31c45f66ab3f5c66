import { ActionError } from '../actions/action.js';
import { count } from '../health/words.js';
import type { HousekeepingJob, JobContext, JobResult } from '../housekeeping/job.js';
import { redact } from '../model/redact.js';
import { gitRemote } from './git-remote.js';

export interface RepositoryMirror {
  /** Absolute: a folder of the repository, such as that of the runbooks. */
  folder: string;
  /** Where its mirror is, with credentials where need be. */
  url: string;
}

/** Source: disaster recovery document, a copy of the repository in a mirror of its own. */
export function mirrorJob(mirror: RepositoryMirror): HousekeepingJob {
  return {
    name: 'backup_mirror',
    cron: '50 * * * *',
    timeoutMs: 20 * 60_000,
    run: (ctx) => mirrorRepository(mirror, ctx),
  };
}

const MOST_OUTPUT = 16 * 1_024 * 1_024;

type Rim = Pick<JobContext, 'exec' | 'signal'>;
type Git = (...args: string[]) => Promise<string>;

/**
 * Makes the mirror what the repository is, all of its references, and asks the mirror afterwards what it has. A remote that
 * holds something else is refused: a wrong address must not cost another repository. Safe to repeat and to kill: a push
 * changes each reference at once.
 */
export async function mirrorRepository({ folder, url }: RepositoryMirror, rim: Rim): Promise<JobResult> {
  const remote = gitRemote(url);
  const git: Git = async (...args) => {
    const { exitCode, stdout, stderr } = await rim.exec(['git', '-C', folder, ...args], {
      env: remote.env,
      maxOutput: MOST_OUTPUT,
    });
    if (exitCode === 0) return stdout.trim();
    throw new ActionError(
      `git ${args[0]} has failed in ${folder}: ${redact(lastLine(stderr))}. The repository is as it was; mirror: ${remote.address}.`,
      { code: 'git_failed' },
    );
  };
  if ((await git('rev-parse', '--is-shallow-repository')) === 'true')
    throw new ActionError(
      `${folder} is a shallow clone, of which no mirror can be made. Run there: git fetch --unshallow. The mirror is as it was.`,
      { code: 'shallow', retryable: false },
    );
  const here = references(await git('for-each-ref', '--format=%(objectname)%09%(refname)'));
  const there = references(await git('ls-remote', '--refs', remote.name));
  if (here.size === 0)
    throw new ActionError(`The repository of ${folder} has no commit yet; there is nothing to mirror.`, {
      code: 'no_commit',
      retryable: false,
    });
  if (there.size > 0 && !(await knowsOneOf([...there.values()], { folder, env: remote.env }, rim)))
    throw new ActionError(
      `${remote.address} holds another repository: none of its ${count(there.size, 'reference')} is known in ${folder}. It was not touched. Name an empty one as BACKUP_MIRROR_URL.`,
      { code: 'another_repository', retryable: false, untouched: true },
    );
  await git('push', '--mirror', '--no-verify', '--quiet', remote.name);
  const now = references(await git('ls-remote', '--refs', remote.name));
  const lacking = [...here].find(([name, object]) => now.get(name) !== object);
  if (lacking)
    throw new ActionError(
      `${remote.address} took what was sent and has another ${lacking[0]}: somebody else writes to it. A mirror is written by one repository alone.`,
      { code: 'not_mirrored' },
    );
  const head = await git('rev-parse', 'HEAD');
  const changed = (await git('status', '--porcelain', '--', '.')).split('\n').filter(Boolean).length;
  const loose = changed === 0 ? '' : `; not in it: ${count(changed, 'file')} that nobody has committed`;
  return {
    summary: `${count(here.size, 'reference')} in the mirror, HEAD is ${head.slice(0, 12)}${loose}`,
    head,
    references: here.size,
    uncommitted: changed,
  };
}

/** Whether one of these commits is in the repository. */
async function knowsOneOf(
  objects: readonly string[],
  { folder, env }: { folder: string; env: Record<string, string> },
  { exec }: Rim,
): Promise<boolean> {
  for (const object of new Set(objects)) {
    const { exitCode } = await exec(['git', '-C', folder, 'cat-file', '-e', object], { env });
    if (exitCode === 0) return true;
  }
  return false;
}

/** Of lines `<object> TAB <name>`. */
function references(listing: string): Map<string, string> {
  const lines = listing.split('\n').filter(Boolean);
  return new Map(
    lines.map((line) => {
      const [object = '', name = ''] = line.split('\t');
      return [name, object] as const;
    }),
  );
}

function lastLine(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return (lines.findLast((line) => /^(fatal|error|remote):/.test(line)) ?? lines.at(-1) ?? '').slice(0, 300);
}
