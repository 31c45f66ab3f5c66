import type Docker from 'dockerode';
import { ActionError } from '../../actions/action.js';
import { type Inspected, inspect } from './container.js';
import type { DockerEngine } from './engine.js';

/** What the old container is called while the new one is not proven to start. */
export const ASIDE = '-reviver-aside';

/**
 * A new container with the configuration, volumes and networks of the old one, which is set aside and removed when the
 * new one runs; when that does not start, the old one is put back. Goes on from where an earlier attempt stopped.
 */
export async function recreate(
  engine: DockerEngine,
  name: string,
  found: Inspected | undefined,
  signal: AbortSignal,
): Promise<Inspected | undefined> {
  const aside = await asideOf(engine, name, found, signal);
  const old = aside ?? found;
  if (!old) throw gone(name);
  if (!aside) await setAside(engine, name, signal);
  else if (found) await remove(engine, name);
  try {
    await engine.ask(`make ${name} anew`, (docker) =>
      docker.createContainer({ ...definition(name, old), abortSignal: signal }),
    );
    await connectNetworks(engine, name, old);
    await engine.ask(`start the new ${name}`, (docker) => docker.getContainer(name).start({ abortSignal: signal }));
  } catch (error) {
    await putBack(engine, name, old.State.Running || aside !== undefined);
    throw error instanceof ActionError
      ? new ActionError(`${error.message} The old container is back in its place.`, error.options)
      : error;
  }
  await remove(engine, name + ASIDE);
  return inspect(engine, name, signal);
}

/** What an earlier attempt set aside. Beside a container that runs it is only what that attempt could not remove any more. */
async function asideOf(
  engine: DockerEngine,
  name: string,
  found: Inspected | undefined,
  signal: AbortSignal,
): Promise<Inspected | undefined> {
  const aside = await inspect(engine, name + ASIDE, signal);
  if (!aside || !found?.State.Running) return aside;
  await remove(engine, name + ASIDE);
  return undefined;
}

async function setAside(engine: DockerEngine, name: string, signal: AbortSignal): Promise<void> {
  await engine.ask(`stop ${name}`, (docker) =>
    docker
      .getContainer(name)
      .stop({ t: 10, abortSignal: signal })
      .catch((error: unknown) => {
        if (typeof error !== 'object' || error === null || Reflect.get(error, 'statusCode') !== 304) throw error;
      }),
  );
  await engine.ask(`set the old ${name} aside`, (docker) => docker.getContainer(name).rename({ name: name + ASIDE }));
}

async function putBack(engine: DockerEngine, name: string, run: boolean): Promise<void> {
  if (!(await inspect(engine, name + ASIDE))) return;
  if (await inspect(engine, name)) await remove(engine, name);
  await engine.ask(`put the old ${name} back`, (docker) => docker.getContainer(name + ASIDE).rename({ name }));
  if (run) await engine.ask(`start the old ${name}`, (docker) => docker.getContainer(name).start());
}

/** Anonymous volumes stay: the new container has them now, or the old one will again. */
async function remove(engine: DockerEngine, name: string): Promise<void> {
  await engine.ask(`remove ${name}`, (docker) => docker.getContainer(name).remove({ force: true, v: false }));
}

/** What `docker inspect` says, as `docker create` takes it. Volumes without a name are mounted by their id. */
export function definition(name: string, old: Inspected): Docker.ContainerCreateOptions {
  const { Config: config, HostConfig: host } = old;
  const anonymous = old.Mounts.filter(
    ({ Type, Name, Destination }) => Type === 'volume' && Name && !named(host, Destination),
  );
  const [first] = Object.entries(old.NetworkSettings.Networks);
  const ownName = config.Hostname === old.Id.slice(0, 12);
  return {
    ...config,
    ...(ownName ? { Hostname: '' } : {}),
    name,
    HostConfig: {
      ...host,
      Binds: [...(host.Binds ?? []), ...anonymous.map(({ Name, Destination }) => `${Name}:${Destination}`)],
    },
    ...(first ? { NetworkingConfig: { EndpointsConfig: { [first[0]]: endpoint(first[1], old) } } } : {}),
  };
}

function named(host: Docker.HostConfig, destination: string): boolean {
  return (
    (host.Binds ?? []).some((bind) => bind.split(':')[1] === destination) ||
    (host.Mounts ?? []).some(({ Target }) => Target === destination)
  );
}

/** A container is made with one network; the others are joined after. */
async function connectNetworks(engine: DockerEngine, name: string, old: Inspected): Promise<void> {
  for (const [network, settings] of Object.entries(old.NetworkSettings.Networks).slice(1))
    await engine.ask(`connect ${name} to ${network}`, (docker) =>
      docker.getNetwork(network).connect({ Container: name, EndpointConfig: endpoint(settings, old) }),
    );
}

/** Its names and fixed address there; what the engine gave it by itself is given anew. */
function endpoint(settings: Docker.NetworkInfo, old: Inspected): Docker.EndpointSettings {
  const aliases = (settings.Aliases ?? []).filter((alias: string) => alias !== old.Id.slice(0, 12));
  const config = settings.IPAMConfig;
  return { ...(aliases.length > 0 ? { Aliases: aliases } : {}), ...(config ? { IPAMConfig: config } : {}) };
}

function gone(name: string): ActionError {
  return new ActionError(`There is no container ${name} to make anew, so its configuration is not known.`, {
    code: 'missing',
    retryable: false,
  });
}
