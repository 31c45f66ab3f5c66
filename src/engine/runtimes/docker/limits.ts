import type Docker from 'dockerode';
import { z } from 'zod';
import type { Inspected } from './container.js';
import type { DockerEngine } from './engine.js';

/** What a container may use; 0: no limit. */
export interface Limits {
  cpus: number;
  memoryBytes: number;
  /** Memory and swap together; -1: as much swap as there is. */
  memorySwapBytes: number;
  /** Of a container whose CPUs are limited by a quota, which an engine never mixes with the other way; else 0. */
  quotaPeriodUs: number;
}

/** What the machine of the engine has. */
export interface Machine {
  cpus: number;
  memoryBytes: number;
}

const DEFAULT_PERIOD_US = 100_000;

export function limitsOf({ HostConfig: host }: Pick<Inspected, 'HostConfig'>): Limits {
  const { NanoCpus: nano = 0, CpuQuota: quota = 0, CpuPeriod: period = 0 } = host;
  const quotaPeriodUs = !nano && quota > 0 ? period || DEFAULT_PERIOD_US : 0;
  return {
    cpus: quotaPeriodUs > 0 ? quota / quotaPeriodUs : nano / 1e9,
    memoryBytes: host.Memory ?? 0,
    memorySwapBytes: host.MemorySwap ?? 0,
    quotaPeriodUs,
  };
}

const infoSchema = z.object({ NCPU: z.number(), MemTotal: z.number() });

export async function machineOf(engine: DockerEngine): Promise<Machine> {
  const info = await engine.ask('tell what it has', (docker) => docker.info(), { reads: true });
  const { NCPU, MemTotal } = infoSchema.parse(info);
  return { cpus: NCPU, memoryBytes: MemTotal };
}

/** Limits that are wanted; what is absent stays. */
export interface NewLimits extends Partial<Machine> {
  /** Swap as a container without a limit of memory has it. */
  freshSwap?: boolean;
}

/** The engine's request. A limit can be changed, not taken away. */
export function updateOf(
  now: Limits,
  { cpus, memoryBytes, freshSwap = false }: NewLimits,
): Pick<Docker.HostConfig, 'NanoCpus' | 'CpuQuota' | 'CpuPeriod' | 'Memory' | 'MemorySwap'> {
  return {
    ...(cpus === undefined ? {} : cpusFor(cpus, now)),
    ...(memoryBytes === undefined ? {} : { Memory: memoryBytes, MemorySwap: swapFor(memoryBytes, now, freshSwap) }),
  };
}

function cpusFor(cpus: number, { quotaPeriodUs: period }: Limits): object {
  return period > 0 ? { CpuQuota: Math.round(cpus * period), CpuPeriod: period } : { NanoCpus: Math.round(cpus * 1e9) };
}

/** With as much swap as before; without a limit before as much as the memory, as `docker run` gives it. */
function swapFor(bytes: number, { memoryBytes, memorySwapBytes }: Limits, fresh: boolean): number {
  if (memorySwapBytes < 0) return -1;
  return !fresh && memoryBytes > 0 && memorySwapBytes >= memoryBytes
    ? bytes + memorySwapBytes - memoryBytes
    : bytes * 2;
}
