import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type Docker from 'dockerode';
import { ActionError } from '../../actions/action.js';
import type { Captured } from '../../snapshots/snapshot.js';
import { type Inspected, inspect } from './container.js';
import { connectNetworks, definition } from './definition.js';
import { type DockerEngine, DockerRefusal } from './engine.js';
import { marked, mayUndo, replace } from './replace.js';

const CONTAINER = 'container.json';
const archiveOf = (folder: string, index: number) => join(folder, `volume-${index}.tar`);

type Mount = Inspected['Mounts'][number];

/** Its configuration and image by id, and what is in its volumes. Folders of the host that it mounts stay where they are. */
export async function captureContainer(
  engine: DockerEngine,
  name: string,
  folder: string,
  signal: AbortSignal,
): Promise<Captured> {
  const found = await inspect(engine, name, signal);
  if (!found) throw new ActionError(`There is no container ${name}, so there is nothing to keep.`, { code: 'missing' });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, CONTAINER), JSON.stringify(found));
  const contents = [`container ${name} of ${found.Config.Image}`];
  for (const [index, { Destination }] of volumesOf(found).entries()) {
    const file = archiveOf(folder, index);
    const archive = await engine.ask(
      `read ${Destination} of ${name}`,
      (docker) => docker.getContainer(name).getArchive({ path: Destination }),
      { reads: true },
    );
    await pipeline(Readable.from(archive), createWriteStream(file, { mode: 0o600 }), { signal });
    contents.push(`volume ${Destination}, ${megabytes((await stat(file)).size)}`);
  }
  const left = found.Mounts.filter(({ Type }) => Type === 'bind').map(({ Source }) => Source);
  if (left.length > 0) contents.push(`not in it: the host's ${left.join(', ')}`);
  return { contents, facts: { image: found.Config.Image, image_id: found.Image } };
}

/**
 * A container as it was captured, of the image that it had. Its volumes are new ones with the captured content: those
 * that the service has now stay beside them, untouched. `by` is the step that asks.
 */
export async function restoreContainer(
  engine: DockerEngine,
  name: string,
  folder: string,
  by: string,
  signal: AbortSignal,
): Promise<Inspected | undefined> {
  const was: Inspected = JSON.parse(await readFile(join(folder, CONTAINER), 'utf8'));
  const image = await imageOf(engine, was);
  const volumes = volumesOf(was);
  const fresh: string[] = [];
  const make = async (): Promise<void> => {
    for (const [index, mount] of volumes.entries()) fresh.push(await freshVolume(engine, name, mount, index));
    const like = definition(name, was);
    const options = { ...marked(like, by), Image: image, HostConfig: mounting(like.HostConfig, volumes, fresh) };
    await engine.ask(`make ${name} as it was`, (docker) => docker.createContainer({ ...options, abortSignal: signal }));
    for (const [index, { Destination }] of volumes.entries())
      await engine.ask(`fill ${Destination} of ${name}`, (docker) =>
        docker
          .getContainer(name)
          .putArchive(createReadStream(archiveOf(folder, index)), { path: posix.dirname(Destination) }),
      );
    await connectNetworks(engine, name, was);
  };
  const discarded = (unstarted: Inspected): Promise<void> => removeVolumes(engine, freshVolumesOf(unstarted, name));
  return replace(engine, name, { by, make, discarded }, signal).catch(async (error: unknown) => {
    if (mayUndo(signal)) await removeVolumes(engine, fresh);
    throw error;
  });
}

function volumesOf({ Mounts }: Inspected): Mount[] {
  return Mounts.filter(({ Type }) => Type === 'volume');
}

/** By its id: the name may mean a newer image by now, which may be what broke it. */
async function imageOf(engine: DockerEngine, { Image, Config }: Inspected): Promise<string> {
  for (const candidate of [Image, Config.Image]) {
    const there = await engine
      .ask(`look for the image ${candidate}`, (docker) => docker.getImage(candidate).inspect(), { reads: true })
      .catch((error: unknown) => {
        if (error instanceof DockerRefusal && error.status === 404) return undefined;
        throw error;
      });
    if (there) return candidate;
  }
  throw new ActionError(
    `The image ${Config.Image} of the snapshot is not on this Docker engine any more. Pull it and try again; nothing was changed.`,
    { code: 'image_missing', retryable: false },
  );
}

const freshName = (name: string) => `${name}-restored-`;

async function freshVolume(
  engine: DockerEngine,
  name: string,
  { Destination, Name }: Mount,
  index: number,
): Promise<string> {
  const fresh = `${freshName(name)}${index}-${Date.now().toString(36)}`;
  const Labels = { 'reviver.restored': name, 'reviver.instead_of': Name ?? '', 'reviver.path': Destination };
  await engine.ask(`make a volume for ${Destination} of ${name}`, (docker) =>
    docker.createVolume({ Name: fresh, Labels }),
  );
  return fresh;
}

/** Those that were made for a container which never started: nobody has written to them. */
function freshVolumesOf(unstarted: Inspected, name: string): string[] {
  return volumesOf(unstarted).flatMap(({ Name }) => (Name?.startsWith(freshName(name)) ? [Name] : []));
}

async function removeVolumes(engine: DockerEngine, names: readonly string[]): Promise<void> {
  for (const volume of names)
    await engine
      .ask(`remove the volume ${volume}`, (docker) => docker.getVolume(volume).remove())
      .catch(() => undefined);
}

/** The same mounts, with the fresh volumes in the place of the captured ones. */
function mounting(
  host: Docker.HostConfig | undefined,
  volumes: readonly Mount[],
  fresh: readonly string[],
): Docker.HostConfig {
  const replaced = new Set(volumes.map(({ Destination }) => Destination));
  const binds = (host?.Binds ?? []).filter((bind) => !replaced.has(bind.split(':')[1] ?? ''));
  const mounts = (host?.Mounts ?? []).filter(({ Target }) => !replaced.has(Target));
  return {
    ...host,
    Mounts: mounts,
    Binds: [...binds, ...volumes.map(({ Destination }, index) => `${fresh[index]}:${Destination}`)],
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
