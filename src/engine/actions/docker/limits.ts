import type Docker from 'dockerode';
import { parseBytes } from '../../model/bytes.js';
import type { Inspected } from '../../runtimes/docker/container.js';
import { sizeInWords } from './size.js';

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
export interface Host {
  cpus: number;
  memoryBytes: number;
}

export interface Wanted {
  cpus?: number | 'max' | undefined;
  memory?: number | string | undefined;
}

/** Less is refused by the engine. */
export const LEAST_MEMORY = 6 * 1_024 ** 2;

const DEFAULT_PERIOD_US = 100_000;

export function limitsOf({ HostConfig: host }: Inspected): Limits {
  const { NanoCpus: nano = 0, CpuQuota: quota = 0, CpuPeriod: period = 0 } = host;
  const quotaPeriodUs = !nano && quota > 0 ? period || DEFAULT_PERIOD_US : 0;
  return {
    cpus: quotaPeriodUs > 0 ? quota / quotaPeriodUs : nano / 1e9,
    memoryBytes: host.Memory ?? 0,
    memorySwapBytes: host.MemorySwap ?? 0,
    quotaPeriodUs,
  };
}

/** Numbers for what was asked. A limit cannot be taken away from a running container: `max` gives it all of the machine. */
export function resolved({ cpus, memory }: Wanted, host: Host): { cpus?: number; memoryBytes?: number } {
  const bytes = memory === 'max' ? host.memoryBytes : memory === undefined ? undefined : parseBytes(memory);
  return {
    ...(cpus === undefined ? {} : { cpus: cpus === 'max' ? host.cpus : cpus }),
    ...(bytes === undefined ? {} : { memoryBytes: bytes }),
  };
}

/**
 * The engine's request. The share of swap stays; without a limit before, it is as much as the memory, as `docker run`
 * gives it.
 */
export function updateOf(
  now: Limits,
  wanted: Wanted,
  host: Host,
): Pick<Docker.HostConfig, 'NanoCpus' | 'CpuQuota' | 'CpuPeriod' | 'Memory' | 'MemorySwap'> {
  const { cpus, memoryBytes } = resolved(wanted, host);
  return {
    ...(cpus === undefined ? {} : cpusFor(cpus, now)),
    ...(memoryBytes === undefined
      ? {}
      : { Memory: memoryBytes, MemorySwap: swapFor(memoryBytes, now, wanted.memory === 'max') }),
  };
}

export function isAs(now: Limits, wanted: Wanted, host: Host): boolean {
  const { cpus, memoryBytes } = resolved(wanted, host);
  return (
    (cpus === undefined || Math.abs(now.cpus - cpus) < 1e-6) &&
    (memoryBytes === undefined || now.memoryBytes === memoryBytes)
  );
}

export function limitsInWords({
  cpus,
  memoryBytes,
}: {
  cpus?: number | undefined;
  memoryBytes?: number | undefined;
}): string {
  return [
    ...(cpus === undefined ? [] : [cpus === 0 ? 'no limit of CPUs' : `${cpus} CPUs`]),
    ...(memoryBytes === undefined
      ? []
      : [memoryBytes === 0 ? 'no limit of memory' : `${sizeInWords(memoryBytes)} of memory`]),
  ].join(', ');
}

function cpusFor(cpus: number, { quotaPeriodUs: period }: Limits): object {
  return period > 0 ? { CpuQuota: Math.round(cpus * period), CpuPeriod: period } : { NanoCpus: Math.round(cpus * 1e9) };
}

function swapFor(memoryBytes: number, now: Limits, all: boolean): number {
  if (now.memorySwapBytes < 0) return -1;
  if (all || now.memoryBytes === 0) return memoryBytes * 2;
  return memoryBytes + Math.max(0, now.memorySwapBytes - now.memoryBytes);
}
