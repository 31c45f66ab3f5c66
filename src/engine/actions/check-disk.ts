import { z } from 'zod';
import type { Service } from '../model/service.js';
import { ActionError } from './action.js';
import { defineAction } from './define-action.js';
import { biggest } from './disk/files.js';
import { declared, FREE, missingBytes, parseFree, type Room, roomInWords, roomOf, usedPercent } from './disk/room.js';
import { sizeInWords } from './docker/size.js';
import { serviceName } from './fields.js';

export const free = z
  .union([z.string(), z.number()], { error: FREE })
  .refine((given) => parseFree(given) !== undefined, { error: FREE });

export const checkDisk = defineAction({
  name: 'check_disk',
  description:
    'Measures the folders that a service has under disk; with free, refuses a fuller one and names its biggest files.',
  version: 1,
  input: z.strictObject({ service: serviceName, free: free.optional() }),
  shorthand: 'service',
  risk: 0,
  idempotent: true,
  timeoutMs: 60_000,
  services: ({ service }) => [service],
  title: ({ service, free: wanted }) =>
    wanted === undefined ? `Measure the disk of ${service}` : `Check that ${wanted} of the disk of ${service} is free`,

  async run({ service, free: wanted }, ctx) {
    const rooms = await roomsOf(ctx.service(service), ctx.signal);
    const full = wanted === undefined ? undefined : rooms.find((room) => missingBytes(room, wanted) > 0);
    if (full) {
      const files = await biggest(full.folder, 3, ctx.signal);
      const names = files.map(({ path, bytes }) => `${path} (${sizeInWords(bytes)})`).join(', ');
      throw new ActionError(
        `${roomInWords(full)}, and ${wanted} is wanted. ${names ? `Its biggest files: ${names}.` : 'It has no files.'} Move or remove what nobody needs, or give it a bigger disk.`,
        { code: 'disk_full', facts: { folder: full.folder, free_bytes: full.freeBytes } },
      );
    }
    return {
      summary: rooms.map(roomInWords).join('; '),
      folders: rooms.map((room) => ({
        folder: room.folder,
        used_percent: usedPercent(room),
        free_bytes: room.freeBytes,
        total_bytes: room.totalBytes,
      })),
    };
  },

  probe: async () => ({ outcome: 'not_done', evidence: 'a disk can be measured again' }),

  async preview({ service }, ctx) {
    const rooms = await roomsOf(ctx.service(service), ctx.signal);
    return `would measure ${service}; now: ${rooms.map(roomInWords).join('; ')}`;
  },
});

function roomsOf(service: Service, signal: AbortSignal): Promise<Room[]> {
  return Promise.all(declared(service).map((folder) => roomOf(folder, signal)));
}
