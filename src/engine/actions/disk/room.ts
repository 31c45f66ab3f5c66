import { statfs } from 'node:fs/promises';
import { parseBytes } from '../../model/bytes.js';
import type { DiskFolder, Service } from '../../model/service.js';
import { errorCode } from '../../processes/error-code.js';
import { bytesBelow } from '../../snapshots/room.js';
import { ActionError } from '../action.js';
import { sizeInWords } from '../docker/size.js';

/** How much room a folder has: of its file system, or of its own limit where it has one. */
export interface Room {
  folder: string;
  totalBytes: number;
  /** Below 0: it is so much over its limit. */
  freeBytes: number;
}

export const FREE = 'a share or a size that shall be free, such as 10% or 2g';

/** Reads `10%` or `2g`; undefined when it is neither. */
export function parseFree(given: string | number): { share: number } | { bytes: number } | undefined {
  const [, percent] = /^(\d+(?:\.\d+)?)\s*%$/.exec(String(given).trim()) ?? [];
  if (percent !== undefined) return Number(percent) <= 100 ? { share: Number(percent) / 100 } : undefined;
  const bytes = parseBytes(given);
  return bytes === undefined ? undefined : { bytes };
}

/** Bytes that are missing until so much is free; 0 when it is. */
export function missingBytes({ totalBytes, freeBytes }: Room, free: string | number): number {
  const wanted = parseFree(free) ?? { bytes: 0 };
  const bytes = 'share' in wanted ? wanted.share * totalBytes : wanted.bytes;
  return Math.max(0, Math.ceil(bytes - freeBytes));
}

/** What a service has declared, or an `ActionError` that says what to write. */
export function declared({ name, disk = [] }: Service): readonly DiskFolder[] {
  if (disk.length > 0) return disk;
  throw new ActionError(
    `${name} names no folders under disk in the configuration, so it is not known which disk it needs. Nothing was changed; write disk: [{ folder: /var/log/${name}, remove: ["*.log.*"] }].`,
    { code: 'no_disk', retryable: false },
  );
}

/** A disk is as full as the system says to those who are not root. */
export async function roomOf({ folder, limitBytes }: DiskFolder, signal: AbortSignal): Promise<Room> {
  const system = await statfs(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') throw noFolder(folder);
    throw error;
  });
  if (limitBytes === undefined) {
    const used = (system.blocks - system.bfree) * system.bsize;
    const freeBytes = system.bavail * system.bsize;
    return { folder, totalBytes: used + freeBytes, freeBytes };
  }
  const freeBytes = limitBytes - (await bytesBelow(folder, signal));
  return { folder, totalBytes: limitBytes, freeBytes: Math.min(freeBytes, system.bavail * system.bsize) };
}

/** `/var/log/web: 97 % used, 12.0 MB free` */
export function roomInWords({ folder, totalBytes, freeBytes }: Room): string {
  return `${folder}: ${usedPercent({ totalBytes, freeBytes })} % used, ${sizeInWords(Math.max(0, freeBytes))} free`;
}

/** Rounded up, as `df` does it: 100 means full. */
export function usedPercent({ totalBytes, freeBytes }: Pick<Room, 'totalBytes' | 'freeBytes'>): number {
  return totalBytes === 0 ? 100 : Math.ceil((1 - freeBytes / totalBytes) * 100);
}

export function noFolder(folder: string): ActionError {
  return new ActionError(
    `There is no folder ${folder} on this node. Nothing was changed; mend disk of the service, or give the step a pool whose workers have it.`,
    { code: 'no_folder', retryable: false },
  );
}
