import { type ActionContext, ActionError } from '../action.js';

/**
 * Keys in a dump, those that have expired since counted with it; undefined: there is no redis-check-rdb here, which comes
 * with every Redis. Throws when it is no whole dump.
 */
export async function keysIn(
  file: string,
  { exec, signal }: Pick<ActionContext, 'exec' | 'signal'>,
): Promise<number | undefined> {
  const ran = await Promise.resolve()
    .then(() => exec(['redis-check-rdb', file], {}))
    .catch(() => {
      signal.throwIfAborted();
      return undefined;
    });
  if (!ran) return undefined;
  const [, keys] = /\[info\] (\d+) keys read/.exec(ran.stdout) ?? [];
  if (ran.exitCode === 0 && keys !== undefined) return Number(keys);
  throw new ActionError('What Redis gave is no whole dump, as redis-check-rdb says; no backup was made.', {
    code: 'not_dumped',
  });
}
