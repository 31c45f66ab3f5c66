import { parseBytes } from '../../model/bytes.js';
import type { Limits, Machine, NewLimits } from '../../runtimes/docker/limits.js';
import { sizeInWords } from './size.js';

export interface Wanted {
  cpus?: number | 'max' | undefined;
  memory?: number | string | undefined;
}

/** Less is refused by the engine. */
export const LEAST_MEMORY = 6 * 1_024 ** 2;

/** Numbers for what was asked. A limit cannot be taken away from a running container: `max` gives it all of the machine. */
export function resolved({ cpus, memory }: Wanted, machine: Machine): NewLimits {
  const bytes = memory === 'max' ? machine.memoryBytes : memory === undefined ? undefined : parseBytes(memory);
  return {
    ...(cpus === undefined ? {} : { cpus: cpus === 'max' ? machine.cpus : cpus }),
    ...(bytes === undefined ? {} : { memoryBytes: bytes, freshSwap: memory === 'max' }),
  };
}

export function isAs(now: Limits, wanted: Wanted, machine: Machine): boolean {
  const { cpus, memoryBytes } = resolved(wanted, machine);
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
