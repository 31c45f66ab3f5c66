import type { Redis } from 'ioredis';
import { z } from 'zod';
import { readCommand, verdictOn } from './table.js';

/** What the server says of a command. Source: COMMAND INFO, redis.io/docs/latest/commands/command. */
export interface ServerWord {
  flags: string[];
  /** Such as `@dangerous`; servers before 6 name none. */
  categories: string[];
}

const entry = z
  .tuple([z.string(), z.number(), z.array(z.string()), z.number(), z.number(), z.number()], z.unknown())
  .nullable();

/** undefined: the server does not know the command. */
export async function serverWord(redis: Redis, words: readonly string[]): Promise<ServerWord | undefined> {
  const { name } = readCommand(words);
  // Servers before 7 know a group as a whole only.
  for (const asked of new Set([name.replace(' ', '|'), name.split(' ')[0] ?? ''])) {
    const [found] = z.array(entry).parse(await redis.call('COMMAND', 'INFO', asked));
    if (found) return { flags: found[2], categories: z.array(z.string()).catch([]).parse(found[6]) };
  }
  return undefined;
}

export function isRead(words: readonly string[], { flags }: ServerWord): boolean {
  return !flags.includes('write') && (verdictOn(words).kind === 'reads' || flags.includes('readonly'));
}

/** Why the command is not sent: it is more than the plan that was shown took it for. undefined: it may go. */
export function objection(
  words: readonly string[],
  writes: boolean | undefined,
  word: ServerWord | undefined,
): string | undefined {
  const name = readCommand(words).name.toUpperCase();
  if (!word) return `the server does not know ${name}`;
  if (word.flags.includes('blocking')) return `${name} waits inside the server`;
  const { kind } = verdictOn(words);
  if (writes === false && !isRead(words, word) && (kind === 'acts' || word.flags.includes('write')))
    return `${name} changes something, and the step says writes: false`;
  if (kind === 'reads' && word.flags.includes('write'))
    return `${name} is a write for this server, and the plan took it for a read`;
  if (kind === 'unlisted' && (word.flags.includes('admin') || word.categories.includes('@dangerous')))
    return `the server counts ${name} among its dangerous commands, and it is none of those that may be run`;
  return undefined;
}
