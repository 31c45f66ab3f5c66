import { open } from 'node:fs/promises';
import { ActionError } from '../../actions/action.js';
import type { BucketAddress } from './address.js';
import { ask } from './ask.js';
import { textOf, textsOf } from './xml.js';

export interface ObjectStore {
  /** In parts where it is big. There whole, or not at all. */
  putFile(key: string, file: string, how: Watched): Promise<void>;
  /** The same with what comes, whose size need not be known. */
  putStream(key: string, data: AsyncIterable<Buffer>, how: Watched): Promise<void>;
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
        await putAll(address, key, inParts(file.createReadStream({ highWaterMark: partBytes }), partBytes), signal);
      } finally {
        await file.close();
      }
    },
    putStream: (key, data, { signal }) => putAll(address, key, inParts(data, partBytes), signal),
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

/** As one object, where it is small in one request. There is at least one part, which may be empty. */
async function putAll(
  address: BucketAddress,
  key: string,
  parts: AsyncGenerator<Buffer>,
  signal: AbortSignal,
): Promise<void> {
  try {
    const first = await parts.next();
    const body: Buffer = first.done ? Buffer.alloc(0) : first.value;
    const second = await parts.next();
    let size = body.length;
    if (second.done) await ask(address, { method: 'PUT', key, body, signal });
    else size += await putParts(address, key, body, second.value, parts, signal);
    await requireSize(address, key, size, signal);
  } finally {
    await parts.return(undefined);
  }
}

/** How many bytes came after the first part. */
async function putParts(
  address: BucketAddress,
  key: string,
  first: Buffer,
  second: Buffer,
  rest: AsyncGenerator<Buffer>,
  signal: AbortSignal,
): Promise<number> {
  const begun = await (await ask(address, { method: 'POST', key, query: { uploads: '' }, signal })).text();
  const uploadId = textOf(begun, 'UploadId');
  if (uploadId === undefined) throw unexpected('began no upload in parts');
  try {
    const tags: string[] = [];
    const put = async (body: Buffer) => {
      const query = { partNumber: String(tags.length + 1), uploadId };
      const answer = await ask(address, { method: 'PUT', key, query, body, signal });
      tags.push(answer.headers.get('etag') ?? '');
      return body.length;
    };
    await put(first);
    let bytes = await put(second);
    for await (const part of rest) bytes += await put(part);
    const parts = tags.map((tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${tag}</ETag></Part>`);
    const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
    const done = await (await ask(address, { method: 'POST', key, query: { uploadId }, body, signal })).text();
    // A store may find out only after it said 200. Source: Amazon S3 API, CompleteMultipartUpload.
    if (done.includes('<Error>')) throw unexpected(`could not put the parts together (${textOf(done, 'Code')})`);
    return bytes;
  } catch (error) {
    await ask(address, { method: 'DELETE', key, query: { uploadId }, signal: AbortSignal.timeout(10_000) }).catch(
      () => {},
    );
    throw error;
  }
}

/** Pieces of exactly so many bytes, but for the last one. */
async function* inParts(source: AsyncIterable<Buffer>, partBytes: number): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const piece of source) {
    let rest = piece;
    while (bytes + rest.length > partBytes) {
      const head = rest.subarray(0, partBytes - bytes);
      yield Buffer.concat([...held, head]);
      rest = rest.subarray(head.length);
      held = [];
      bytes = 0;
    }
    held.push(rest);
    bytes += rest.length;
  }
  if (bytes > 0) yield Buffer.concat(held);
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
