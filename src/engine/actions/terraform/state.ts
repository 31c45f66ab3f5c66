import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type ActionContext, ActionError } from '../action.js';
import { printed, stateMark } from './program.js';

type Rim = Pick<ActionContext, 'exec' | 'signal'>;

const stateFile = z.looseObject({
  serial: z.number(),
  lineage: z.string(),
  resources: z.array(z.unknown()).default([]),
});

/** A state as its file has it; undefined: there is none yet. */
export async function pullState(rim: Rim, dir: string): Promise<string | undefined> {
  const text = await printed(rim, dir, ['state', 'pull']);
  return text.trim() === '' ? undefined : text;
}

export function stateOf(text: string): z.output<typeof stateFile> {
  try {
    return stateFile.parse(JSON.parse(text));
  } catch {
    throw new ActionError('Terraform gave a state that this version does not know. Nothing was changed.', {
      code: 'terraform_unreadable',
      retryable: false,
    });
  }
}

/**
 * An older state in the place of the present one. Terraform refuses one of another lineage or of a lower serial, and so
 * does this: the old content gets a later serial, and nothing is forced. Resources are not touched. Gives the serial that it has.
 */
export async function pushState(rim: Rim, dir: string, wanted: string, room: string): Promise<number> {
  const old = stateOf(wanted);
  const present = await pullState(rim, dir);
  const now = present === undefined ? undefined : stateOf(present);
  if (now && now.lineage !== old.lineage)
    throw new ActionError(
      `The Terraform state of ${dir} is not a later one of the state that was kept: it was made anew (lineage ${now.lineage}, kept ${old.lineage}). Nothing was changed.`,
      { code: 'other_lineage', retryable: false },
    );
  if (now && sameContent(now, old)) return now.serial;
  const serial = now ? now.serial + 1 : old.serial;
  const file = join(room, 'push.json');
  await writeFile(file, JSON.stringify({ ...old, serial }), { mode: 0o600 });
  await printed(rim, dir, ['state', 'push', '-lock-timeout=5s', file]);
  return (await stateMark(rim, dir)).serial ?? serial;
}

export function sameContent(one: z.output<typeof stateFile>, other: z.output<typeof stateFile>): boolean {
  return JSON.stringify({ ...one, serial: 0 }) === JSON.stringify({ ...other, serial: 0 });
}
