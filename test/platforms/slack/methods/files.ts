import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { json, type Method, method, Refused, timestamp } from './method.js';

/** Files whose content is on its way, by id. */
export type Uploads = Map<string, { name: string; content: string }>;

const finished = z.array(z.object({ id: z.string(), title: z.string().optional() })).min(1);

export function files(uploads: Uploads): Record<string, Method> {
  return {
    'files.getUploadURLExternal': method(
      z.strictObject({ filename: z.string().min(1), length: z.string().regex(/^[1-9]\d*$/) }),
      {
        tier: 4,
        scopes: ['files:write'],
        run({ filename }, { url }) {
          const id = `F${randomBytes(4).toString('hex').toUpperCase()}`;
          uploads.set(id, { name: filename, content: '' });
          return { file_id: id, upload_url: `${url}/upload/${id}` };
        },
      },
    ),
    'files.completeUploadExternal': method(
      z.strictObject({ files: json, channel_id: z.string().optional(), thread_ts: timestamp.optional() }),
      {
        tier: 4,
        scopes: ['files:write'],
        run({ files: given, channel_id: channel = '', thread_ts: thread }, { workspace }) {
          const parsed = finished.safeParse(given);
          if (!parsed.success) throw new Refused('invalid_arguments');
          for (const { id } of parsed.data) {
            const upload = uploads.get(id);
            if (!upload) throw new Refused('file_not_found');
            workspace.files.push({ channel, ...upload, ...(thread === undefined ? {} : { thread }) });
          }
          return { files: parsed.data };
        },
      },
    ),
  };
}
