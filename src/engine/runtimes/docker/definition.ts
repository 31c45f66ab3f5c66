import type Docker from 'dockerode';
import type { Inspected } from './container.js';
import type { DockerEngine } from './engine.js';

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
export async function connectNetworks(engine: DockerEngine, name: string, old: Inspected): Promise<void> {
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
