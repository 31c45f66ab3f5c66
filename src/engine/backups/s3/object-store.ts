import { open } from 'node:fs/promises';
import { ActionError } from '../../actions/action.js';
import type { BucketAddress } from './address.js';
import { ask } from './ask.js';
import { textOf, textsOf } from './xml.js';

export interface ObjectStore {
  /** In parts where it is big. There whole, or not at all. */
  putFile(key: string, file: string, how: Watched): Promise<void>;
  putText(key: string, text: string, how: Watched): Promise<void>;
  getText(key: string, how: Watched): Promise<string>;
  get(key: string, how: Watched): Promise<AsyncIterable<Buffer>>;
  /** Keys that begin so, with their sizes. */
  list(prefix: string, how: Watched): Promise<Map<string, number>>;
  /** Gone, or was not there. */
  remove(key: string, how: Watched): Promise<void>;
  /** Parts that an interrupted `putFile` left longer ago than this cost money and are of no use. How many were removed. */
  sweep(olderThanMs: number, now: Date, how: Watched): Promise<number>;
}

interface Watched {
  signal: AbortSignal;
}

/** All but the last are of this size, of which a store takes 10,000: up to 160 GB. Source: Amazon S3, multipart upload limits. */
const PART_BYTES = 16 * 1_024 * 1_024;

export function createObjectStore(address: BucketAddress, partBytes = PART_BYTES): ObjectStore {
  return {
    async putFile(key, path, { signal }) {
      const file = await open(path, 'r');
      try {
        const { size } = await file.stat();
        const part = async (from: number) => {
          const body = Buffer.alloc(Math.min(partBytes, size - from));
          await file.read(body, 0, body.length, from);
          return body;
        };
        if (size <= partBytes) await ask(address, { method: 'PUT', key, body: await part(0), signal });
        else await putParts(address, key, size, { part, partBytes, signal });
        await requireSize(address, key, size, signal);
      } finally {
        await file.close();
      }
    },
    async putText(key, text, { signal }) {
      await ask(address, { method: 'PUT', key, body: Buffer.from(text), signal });
    },
    getText: async (key, { signal }) => (await ask(address, { method: 'GET', key, signal })).text(),
    async get(key, { signal }) {
      const { body } = await ask(address, { method: 'GET', key, signal });
      return asBuffers(body);
    },
    async list(prefix, { signal }) {
      const found = new Map<string, number>();
      let token: string | undefined;
      do {
        const query: Record<string, string> = { 'list-type': '2', prefix: address.prefix + prefix };
        if (token !== undefined) query['continuation-token'] = token;
        const xml: string = await (await ask(address, { method: 'GET', key: '', query, signal })).text();
        for (const one of textsOf(xml, 'Contents'))
          found.set((textOf(one, 'Key') ?? '').slice(address.prefix.length), Number(textOf(one, 'Size')));
        token = textOf(xml, 'IsTruncated') === 'true' ? textOf(xml, 'NextContinuationToken') : undefined;
      } while (token !== undefined);
      return found;
    },
    async remove(key, { signal }) {
      await ask(address, { method: 'DELETE', key, signal });
    },
    async sweep(olderThanMs, now, { signal }) {
      const query = { uploads: '', prefix: address.prefix };
      const xml = await (await ask(address, { method: 'GET', key: '', query, signal })).text();
      let removed = 0;
      for (const upload of textsOf(xml, 'Upload')) {
        const [key, uploadId] = [textOf(upload, 'Key'), textOf(upload, 'UploadId')];
        const ageMs = now.getTime() - Date.parse(textOf(upload, 'Initiated') ?? '');
        if (key === undefined || uploadId === undefined || !(ageMs > olderThanMs)) continue;
        await ask(address, { method: 'DELETE', key: key.slice(address.prefix.length), query: { uploadId }, signal });
        removed += 1;
      }
      return removed;
    },
  };
}

async function putParts(
  address: BucketAddress,
  key: string,
  size: number,
  { part, partBytes, signal }: { part(from: number): Promise<Buffer>; partBytes: number; signal: AbortSignal },
): Promise<void> {
  const begun = await (await ask(address, { method: 'POST', key, query: { uploads: '' }, signal })).text();
  const uploadId = textOf(begun, 'UploadId');
  if (uploadId === undefined) throw unexpected('began no upload in parts');
  try {
    const tags: string[] = [];
    for (let from = 0; from < size; from += partBytes) {
      const query = { partNumber: String(tags.length + 1), uploadId };
      const answer = await ask(address, { method: 'PUT', key, query, body: await part(from), signal });
      tags.push(answer.headers.get('etag') ?? '');
    }
    const parts = tags.map((tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${tag}</ETag></Part>`);
    const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
    const done = await (await ask(address, { method: 'POST', key, query: { uploadId }, body, signal })).text();
    // A store may find out only after it said 200. Source: Amazon S3 API, CompleteMultipartUpload.
    if (done.includes('<Error>')) throw unexpected(`could not put the parts together (${textOf(done, 'Code')})`);
  } catch (error) {
    await ask(address, { method: 'DELETE', key, query: { uploadId }, signal: AbortSignal.timeout(10_000) }).catch(
      () => {},
    );
    throw error;
  }
}

async function requireSize(address: BucketAddress, key: string, size: number, signal: AbortSignal): Promise<void> {
  const { headers } = await ask(address, { method: 'HEAD', key, signal });
  const there = Number(headers.get('content-length'));
  if (there !== size) throw unexpected(`has ${there} bytes of ${key} instead of ${size}`);
}

async function* asBuffers(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Buffer> {
  if (!body) return;
  const reader = body.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield Buffer.from(next.value);
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function unexpected(what: string): ActionError {
  return new ActionError(`The store of backups ${what}.`, { code: 's3_unexpected' });
}
