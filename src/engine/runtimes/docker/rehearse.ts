import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { BackupUnfit } from '../../actions/backup-kinds/kind.js';
import { isAbandoned, makerMark } from '../../processes/own-folder.js';
import type { Captured } from '../../snapshots/snapshot.js';
import { sameTally, type Tally, tallyInWords, tallySchema, tarTally } from '../../snapshots/tally.js';
import type { Inspected } from './container.js';
import type { DockerEngine } from './engine.js';
import { archiveOf, CONTAINER, imageOf, volumesOf } from './snapshot.js';

/** Label of what a rehearsal makes: the process that must remove it. */
export const SCRATCH = 'reviver.scratch';

const counted = z.object({ volumes: z.array(tallySchema.extend({ at: z.string() })).default([]) });

/**
 * Puts each captured volume into a scratch one, by way of a container of the same image that is never started, reads it
 * back, and compares what came with what was counted when it was captured. Nothing of the service is touched.
 */
export async function rehearseVolumes(
  engine: DockerEngine,
  folder: string,
  facts: Captured['facts'],
  signal: AbortSignal,
): Promise<string[]> {
  await sweepScratch(engine);
  const was: Inspected = JSON.parse(await readFile(join(folder, CONTAINER), 'utf8'));
  const { volumes } = counted.parse(facts);
  const image = await imageOf(engine, was);
  const lines: string[] = [];
  for (const [index, { Destination: at }] of volumesOf(was).entries()) {
    const archive = archiveOf(folder, index);
    if (!existsSync(archive)) continue;
    const came = await throughScratch(engine, { image, at, archive }, signal);
    const wanted = volumes.find((one) => one.at === at);
    if (wanted && !sameTally(came, wanted))
      throw new BackupUnfit(`volume ${at} came back with ${tallyInWords(came)} instead of ${tallyInWords(wanted)}`);
    lines.push(`volume ${at} in a scratch volume: ${tallyInWords(came)}`);
  }
  return lines;
}

/** Removes what rehearsals of processes that are gone have left. How many volumes. */
export async function sweepScratch(engine: DockerEngine): Promise<number> {
  const filters = { label: [SCRATCH] };
  const containers = await engine.ask(
    'look for scratch containers',
    (docker) => docker.listContainers({ all: true, filters }),
    { reads: true },
  );
  for (const { Id, Labels, Created } of containers)
    if (await isAbandoned(Labels[SCRATCH] ?? '', Date.now() - Created * 1_000)) await removeContainer(engine, Id);
  const found = await engine.ask('look for scratch volumes', (docker) => docker.listVolumes({ filters }), {
    reads: true,
  });
  let removed = 0;
  for (const volume of found.Volumes ?? []) {
    // The library does not know this field, which every engine sends.
    const madeAt = 'CreatedAt' in volume ? Date.parse(String(volume.CreatedAt)) : Date.now();
    if (!(await isAbandoned(volume.Labels[SCRATCH] ?? '', Date.now() - madeAt))) continue;
    await removeVolume(engine, volume.Name);
    removed += 1;
  }
  return removed;
}

async function throughScratch(
  engine: DockerEngine,
  { image, at, archive }: { image: string; at: string; archive: string },
  signal: AbortSignal,
): Promise<Tally> {
  const name = `reviver-scratch-${randomBytes(8).toString('hex')}`;
  const Labels = { [SCRATCH]: await makerMark() };
  try {
    await engine.ask('make a scratch volume', (docker) => docker.createVolume({ Name: name, Labels }));
    await engine.ask('make a scratch container', (docker) =>
      docker.createContainer({
        name,
        Image: image,
        Cmd: ['never-started'],
        Labels,
        // Without a copy of what the image has there: only what was captured counts.
        HostConfig: { NetworkMode: 'none', Binds: [`${name}:${at}:nocopy`] },
        abortSignal: signal,
      }),
    );
    await engine.ask(`fill a scratch volume as ${at}`, (docker) =>
      docker.getContainer(name).putArchive(createReadStream(archive), { path: posix.dirname(at), abortSignal: signal }),
    );
    return await readBack(engine, name, at, signal);
  } finally {
    await removeContainer(engine, name);
    await removeVolume(engine, name);
  }
}

async function readBack(engine: DockerEngine, name: string, at: string, signal: AbortSignal): Promise<Tally> {
  const read = await engine.ask(
    `read ${at} of a scratch volume`,
    (docker) => docker.getContainer(name).getArchive({ path: at }),
    { reads: true },
  );
  const counting = await tarTally();
  for await (const piece of Readable.from(read)) {
    signal.throwIfAborted();
    counting.see(Buffer.from(piece));
  }
  return counting.end();
}

/** What is not removed here is swept before the next rehearsal. */
async function removeContainer(engine: DockerEngine, id: string): Promise<void> {
  await engine
    .ask('remove a scratch container', (docker) => docker.getContainer(id).remove({ force: true, v: true }))
    .catch(() => {});
}

async function removeVolume(engine: DockerEngine, name: string): Promise<void> {
  await engine.ask('remove a scratch volume', (docker) => docker.getVolume(name).remove()).catch(() => {});
}
