import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type Docker from 'dockerode';
import { z } from 'zod';
import { ActionError } from '../../actions/action.js';
import { sizeInWords } from '../../actions/docker/size.js';
import { type Owner, ownerIn, packedAs } from '../../snapshots/laid-over.js';
import type { Captured } from '../../snapshots/snapshot.js';
import { type Tally, tarTally } from '../../snapshots/tally.js';
import { mayUndo } from '../may-undo.js';
import type { Overlay } from '../runtime.js';
import { type Inspected, inspect } from './container.js';
import { connectNetworks, definition } from './definition.js';
import { type DockerEngine, DockerRefusal } from './engine.js';
import { marked, replace } from './replace.js';

export const CONTAINER = 'container.json';
export const archiveOf = (folder: string, index: number) => join(folder, `volume-${index}.tar`);

type Mount = Inspected['Mounts'][number];

/** Its configuration and image by id, and what is in its volumes. Folders of the host that it mounts stay where they are. */
export async function captureContainer(
  engine: DockerEngine,
  name: string,
  folder: string,
  signal: AbortSignal,
  without?: string,
): Promise<Captured> {
  const found = await inspect(engine, name, signal);
  if (!found) throw new ActionError(`There is no container ${name}, so there is nothing to keep.`, { code: 'missing' });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, CONTAINER), JSON.stringify(found));
  const contents = [`container ${name} of ${found.Config.Image}`];
  const volumes: ({ at: string } & Tally)[] = [];
  for (const [index, { Destination }] of volumesOf(found).entries()) {
    if (holds(Destination, without)) continue;
    const file = archiveOf(folder, index);
    const archive = await engine.ask(
      `read ${Destination} of ${name}`,
      (docker) => docker.getContainer(name).getArchive({ path: Destination }),
      { reads: true },
    );
    const counting = await tarTally();
    const pieces = seen(Readable.from(archive), counting.see);
    await pipeline(pieces, createWriteStream(file, { mode: 0o600 }), { signal });
    volumes.push({ at: Destination, ...counting.end() });
    contents.push(`volume ${Destination}, ${sizeInWords((await stat(file)).size)}`);
  }
  const left = found.Mounts.filter(({ Type }) => Type === 'bind').map(({ Source }) => Source);
  if (left.length > 0) contents.push(`not in it: the host's ${left.join(', ')}`);
  return { contents, facts: { image: found.Config.Image, image_id: found.Image, volumes } };
}

async function* seen(source: Readable, see: (piece: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const piece of source) {
    see(piece);
    yield piece;
  }
}

const usage = z.object({
  Volumes: z.array(z.object({ Name: z.string(), UsageData: z.object({ Size: z.number() }).nullish() })).nullish(),
});

/** Bytes in its volumes, as the engine counts them. */
export async function measureContainer(
  engine: DockerEngine,
  name: string,
  signal: AbortSignal,
  without?: string,
): Promise<number> {
  const found = await inspect(engine, name, signal);
  const volumes = found ? volumesOf(found).filter(({ Destination }) => !holds(Destination, without)) : [];
  if (volumes.length === 0) return 0;
  const { Volumes } = usage.parse(await engine.ask('measure its volumes', (docker) => docker.df(), { reads: true }));
  const own = (Volumes ?? []).filter((one) => volumes.some(({ Name }) => Name === one.Name));
  return own.reduce((sum, { UsageData }) => sum + Math.max(0, UsageData?.Size ?? 0), 0);
}

interface Restore {
  folder: string;
  /** The step that asks. */
  by: string;
  overlay?: Overlay | undefined;
  /** Volumes that it has now stay mounted; only one that it has no more is made from the snapshot. */
  presentData?: boolean;
}

/**
 * A container as it was captured, of the image that it had. Its volumes are new ones with the captured content: those
 * that the service has now stay beside them, untouched. A volume that was left out is the one that it has now.
 */
export async function restoreContainer(
  engine: DockerEngine,
  name: string,
  { folder, by, overlay, presentData = false }: Restore,
  signal: AbortSignal,
): Promise<Inspected | undefined> {
  const was: Inspected = JSON.parse(await readFile(join(folder, CONTAINER), 'utf8'));
  const image = await imageOf(engine, was);
  const volumes = volumesOf(was).map((mount, index) => ({ mount, index, archive: archiveOf(folder, index) }));
  const fresh: string[] = [];
  const make = async (old: Inspected | undefined): Promise<void> => {
    const mounted: Mounted[] = [];
    const made: typeof volumes = [];
    for (const each of volumes) {
      const { mount, index, archive } = each;
      const present = presentData || !existsSync(archive) ? volumeAt(old, mount.Destination) : undefined;
      const volume = present ?? freshVolume(name, index);
      if (present === undefined) {
        fresh.push(volume);
        made.push(each);
      }
      const filled = existsSync(archive);
      mounted.push({ at: mount.Destination, volume, ...(present ? {} : { fresh: { insteadOf: mount.Name, filled } }) });
    }
    const like = definition(name, was);
    const options = { ...marked(like, by), Image: image, HostConfig: mounting(name, like.HostConfig, mounted) };
    await engine.ask(`make ${name} as it was`, (docker) => docker.createContainer({ ...options, abortSignal: signal }));
    for (const { mount, archive } of made.filter((each) => existsSync(each.archive)))
      await engine.ask(`fill ${mount.Destination} of ${name}`, (docker) =>
        docker.getContainer(name).putArchive(createReadStream(archive), { path: posix.dirname(mount.Destination) }),
      );
    if (overlay) await layOver(engine, name, overlay);
    await connectNetworks(engine, name, was);
  };
  const discarded = (unstarted: Inspected): Promise<void> => removeVolumes(engine, freshVolumesOf(unstarted, name));
  return replace(engine, name, { by, make, discarded }, signal).catch(async (error: unknown) => {
    if (mayUndo(signal)) await removeVolumes(engine, fresh);
    throw error;
  });
}

interface Mounted {
  at: string;
  volume: string;
  /** The engine makes it together with the container: whoever is killed leaves both, which are found again, or none. */
  fresh?: {
    insteadOf: string | undefined;
    /** All of its content comes from the snapshot: nothing that the image has there, which the service may have removed. */
    filled: boolean;
  };
}

/** Files of ours among its own: they belong to whoever owns the folder there. */
async function layOver(engine: DockerEngine, name: string, { at, folder }: Overlay): Promise<void> {
  const owner = await ownerOf(engine, name, at);
  await engine.ask(`put files into ${at} of ${name}`, (docker) =>
    docker.getContainer(name).putArchive(packedAs(folder, owner), { path: at }),
  );
}

async function ownerOf(engine: DockerEngine, name: string, path: string): Promise<Owner> {
  const archive = await engine.ask(
    `look at ${path} of ${name}`,
    (docker) => docker.getContainer(name).getArchive({ path }),
    { reads: true },
  );
  // Leaving the loop ends the stream: of a great folder nothing but its beginning is read.
  for await (const chunk of Readable.from(archive)) return ownerIn(Buffer.from(chunk));
  return { uid: 0, gid: 0 };
}

function volumeAt(container: Inspected | undefined, at: string): string | undefined {
  return container && volumesOf(container).find(({ Destination }) => Destination === at)?.Name;
}

/** Whether a folder, as the container sees it, is in the volume that is mounted there. */
function holds(destination: string, path: string | undefined): boolean {
  return path !== undefined && (path === destination || path.startsWith(`${destination}/`));
}

export function volumesOf({ Mounts }: Inspected): Mount[] {
  return Mounts.filter(({ Type }) => Type === 'volume');
}

/** By its id: the name may mean a newer image by now, which may be what broke it. */
export async function imageOf(engine: DockerEngine, { Image, Config }: Inspected): Promise<string> {
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

function freshVolume(name: string, index: number): string {
  return `${freshName(name)}${index}-${Date.now().toString(36)}`;
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

/** The same mounts, with these volumes in the place of the captured ones. */
function mounting(name: string, host: Docker.HostConfig | undefined, volumes: readonly Mounted[]): Docker.HostConfig {
  const replaced = new Set(volumes.map(({ at }) => at));
  const binds = (host?.Binds ?? []).filter((bind) => !replaced.has(bind.split(':')[1] ?? ''));
  const mounts = (host?.Mounts ?? []).filter(({ Target }) => !replaced.has(Target));
  return { ...host, Binds: binds, Mounts: [...mounts, ...volumes.map((one) => mountOf(name, one))] };
}

function mountOf(name: string, { at, volume, fresh }: Mounted): Docker.MountSettings {
  const mount: Docker.MountSettings = { Type: 'volume', Source: volume, Target: at };
  if (!fresh) return mount;
  const { insteadOf = '', filled } = fresh;
  const Labels = { 'reviver.restored': name, 'reviver.instead_of': insteadOf, 'reviver.path': at };
  return { ...mount, VolumeOptions: { NoCopy: filled, Labels, DriverConfig: { Name: 'local', Options: {} } } };
}
