import type { Service } from '../../model/service.js';
import type { Runtime } from '../runtime.js';
import { chooseFromList, type Size } from '../size.js';
import { type Inspected, inspect, missing, statusOf } from './container.js';
import type { DockerEngine } from './engine.js';

/** What the whole machine has. */
interface Machine {
  cpus: number;
  memory: number;
}

/** The resources of a container, changed while it runs. */
export function dockerScale(service: Service, name: string, engine: DockerEngine): NonNullable<Runtime['scale']> {
  const look = async (signal?: AbortSignal): Promise<Inspected> => {
    const found = await inspect(engine, name, signal);
    if (!found) throw missing(`There is no container ${name}`);
    return found;
  };
  return {
    async now(signal) {
      const found = await look(signal);
      const { NCPU, MemTotal } = await engine.ask('look at the engine', (docker) => docker.info(), { reads: true });
      return sizeOf(found, { cpus: NCPU, memory: MemTotal });
    },
    choose: (now, wish) => chooseFromList(service.name, service.sizes ?? [], now, wish),
    async to(size, signal) {
      signal.throwIfAborted();
      const { HostConfig: host } = await look(signal);
      await engine.ask(`give ${name} other resources`, (docker) =>
        docker.getContainer(name).update({ ...resources(size, host), abortSignal: signal }),
      );
      return statusOf(name, await inspect(engine, name, signal));
    },
  };
}

const DEFAULT_PERIOD_US = 100_000;

/** A limit can be changed, not taken away: what the machine has is as good as none. */
function sizeOf({ HostConfig: host }: Inspected, machine: Machine): Size {
  const quota = host.CpuQuota ?? 0;
  const byQuota = quota > 0 ? quota / (host.CpuPeriod || DEFAULT_PERIOD_US) : 0;
  const cpus = (host.NanoCpus ?? 0) / 1e9 || byQuota || machine.cpus;
  return { cpus: Math.min(cpus, machine.cpus), memory: Math.min(host.Memory || machine.memory, machine.memory) };
}

/** A container that was given a quota keeps one: an engine refuses to mix the two ways. */
function resources({ cpus, memory }: Size, host: Inspected['HostConfig']): object {
  const period = host.CpuPeriod || DEFAULT_PERIOD_US;
  const quota = (host.CpuQuota ?? 0) > 0 && !host.NanoCpus;
  const byCpus = (count: number): object =>
    quota ? { CpuQuota: Math.round(count * period), CpuPeriod: period } : { NanoCpus: Math.round(count * 1e9) };
  return {
    ...(cpus === undefined ? {} : byCpus(cpus)),
    ...(memory === undefined
      ? {}
      : { Memory: memory, MemorySwap: swap(memory, host.Memory ?? 0, host.MemorySwap ?? 0) }),
  };
}

/** Memory and swap together: with as much swap as before, else with as much as memory, as Docker does by itself. */
function swap(bytes: number, memory: number, memoryAndSwap: number): number {
  if (memoryAndSwap < 0) return -1;
  return memory > 0 && memoryAndSwap >= memory ? bytes + memoryAndSwap - memory : bytes * 2;
}
