import type { Service } from '../../model/service.js';
import type { Runtime } from '../runtime.js';
import { chooseFromList, type Size } from '../size.js';
import { type Inspected, inspect, missing, statusOf } from './container.js';
import type { DockerEngine } from './engine.js';
import { limitsOf, type Machine, machineOf, updateOf } from './limits.js';

/** The resources of a container, changed while it runs. */
export function dockerScale(service: Service, name: string, engine: DockerEngine): NonNullable<Runtime['scale']> {
  const look = async (signal?: AbortSignal): Promise<Inspected> => {
    const found = await inspect(engine, name, signal);
    if (!found) throw missing(`There is no container ${name}`);
    return found;
  };
  return {
    async now(signal) {
      return sizeOf(await look(signal), await machineOf(engine));
    },
    choose: (now, wish) => chooseFromList(service.name, service.sizes ?? [], now, wish),
    async to(size, signal) {
      signal.throwIfAborted();
      const found = await look(signal);
      await engine.ask(`give ${name} other resources`, (docker) =>
        docker.getContainer(name).update({ ...resources(size, found), abortSignal: signal }),
      );
      return statusOf(name, await inspect(engine, name, signal));
    },
  };
}

/** A limit can be changed, not taken away: what the machine has is as good as none. */
function sizeOf(found: Inspected, machine: Machine): Size {
  const { cpus, memoryBytes } = limitsOf(found);
  return {
    cpus: Math.min(cpus || machine.cpus, machine.cpus),
    memory: Math.min(memoryBytes || machine.memoryBytes, machine.memoryBytes),
  };
}

/** The engine's request. */
function resources({ cpus, memory }: Size, found: Inspected): object {
  return updateOf(limitsOf(found), {
    ...(cpus === undefined ? {} : { cpus }),
    ...(memory === undefined ? {} : { memoryBytes: memory }),
  });
}
