import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { publish } from '../../engine/backups/durable-files.js';
import type { NewEvent, Snapshot } from '../../engine/model/recovery.js';

/** All that is known of one disaster recovery: what a store in Postgres would hold, and what was measured. */
export interface Story {
  id: string;
  snapshot: Snapshot;
  /** What happened, the oldest first. */
  events: (NewEvent & { at: Date })[];
  /** The last moment at which the lost data were written, as their files say; undefined: nobody could tell. */
  lastWrittenAt?: Date;
  /** The last moment that is in the data that came back. */
  backToAt?: Date;
}

export interface Journal {
  readonly file: string;
  story(): Story;
  /** Resolves when it is on the disk: what was not written did not happen. */
  keep(story: Story): Promise<void>;
}

/**
 * The store of a Reviver whose own database is lost: one file, replaced as a whole and synced for each commit. A process
 * that dies leaves the file of its last commit, and the next one goes on from there.
 */
export async function beginJournal(folder: string, story: Omit<Story, 'id'>, now: Date): Promise<Journal> {
  await mkdir(folder, { recursive: true, mode: 0o750 });
  const id = `${now.toISOString().replace(/[-:]|\.\d+Z$/g, '')}-${randomBytes(2).toString('hex')}`;
  const journal = at(join(folder, `${id}${END}`), { ...story, id });
  await journal.keep(journal.story());
  return journal;
}

/** The newest one, if there is any. */
export async function latestJournal(folder: string): Promise<Journal | undefined> {
  const names = await readdir(folder).catch(() => []);
  const newest = names
    .filter((name) => name.endsWith(END))
    .sort()
    .at(-1);
  if (newest === undefined) return undefined;
  const file = join(folder, newest);
  const story: Story = deserialize(await readFile(file));
  return at(file, story);
}

const END = '.journal';

function at(file: string, first: Story): Journal {
  let story = first;
  return {
    file,
    story: () => story,
    async keep(next) {
      const written = await open(`${file}.part`, 'w', 0o640);
      try {
        await written.writeFile(serialize(next));
        await written.sync();
      } finally {
        await written.close();
      }
      await publish(`${file}.part`, file);
      story = next;
    },
  };
}
