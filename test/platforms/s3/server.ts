import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KEY, signatureProblem } from './signature.js';

export interface S3Server {
  /** As BACKUP_S3_URL has it, with prefix and credentials. */
  url: string;
  /** What lies in the bucket, by its whole key. */
  objects: Map<string, { body: Buffer; etag: string }>;
  /** Begun and not ended. */
  uploads: Map<string, { key: string; begunAt: Date; parts: Map<number, { body: Buffer; etag: string }> }>;
  /** `PUT /backups/reviver/...`, all that were answered, with their status. */
  requests: string[];
  /** The next so many requests that fit are answered 503 SlowDown. */
  slowDown(times: number, fits?: (request: IncomingMessage) => boolean): void;
  /** Requests that fit are never answered; a test may look at what is there then. */
  hang(fits: (request: IncomingMessage) => boolean): void;
  /** Of those, the ones that came since `hang` was called: only then may who sent them be killed. */
  hung: string[];
  close(): Promise<void>;
}

const BUCKET = 'backups';
/** Amazon's is 5 MiB; a test need not send that much. */
const SMALLEST_PART = 1_024;
const PAGE = 3;

/** A strict stand-in of a store of the S3 kind: what Amazon's would refuse, it refuses. One bucket, in memory. */
export async function startS3(): Promise<S3Server> {
  const objects: S3Server['objects'] = new Map();
  const uploads: S3Server['uploads'] = new Map();
  const requests: string[] = [];
  let slow = { times: 0, fits: (_: IncomingMessage) => true };
  let hangs = (_: IncomingMessage) => false;
  const hung: string[] = [];

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (hangs(request)) {
      hung.push(`${request.method} ${request.url}`);
      return;
    }
    const answer = answerTo(request, body);
    requests.push(`${request.method} ${request.url} ${answer.status}`);
    send(response, request, answer);
  });

  function answerTo(request: IncomingMessage, body: Buffer): Answer {
    if (slow.times > 0 && slow.fits(request)) {
      slow = { ...slow, times: slow.times - 1 };
      return failed(503, 'SlowDown');
    }
    const problem = signatureProblem(request, body);
    if (problem !== undefined) return failed(problem === 'XAmzContentSHA256Mismatch' ? 400 : 403, problem);
    const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://s3');
    const [, bucket = '', ...rest] = pathname.split('/').map(decodeURIComponent);
    if (bucket !== BUCKET) return failed(404, 'NoSuchBucket');
    const key = rest.join('/');
    return key === '' ? aboutBucket(query) : aboutObject(request.method ?? '', key, query, body);
  }

  function aboutBucket(query: URLSearchParams): Answer {
    const prefix = query.get('prefix') ?? '';
    if (query.has('uploads')) {
      const found = [...uploads].filter(([, { key }]) => key.startsWith(prefix));
      const xml = found.map(
        ([id, { key, begunAt }]) =>
          `<Upload><Key>${escaped(key)}</Key><UploadId>${id}</UploadId><Initiated>${begunAt.toISOString()}</Initiated></Upload>`,
      );
      return xmlOf(`<ListMultipartUploadsResult>${xml.join('')}</ListMultipartUploadsResult>`);
    }
    if (query.get('list-type') !== '2') return failed(400, 'InvalidArgument');
    const keys = [...objects.keys()].filter((one) => one.startsWith(prefix)).sort();
    const from = Number(query.get('continuation-token') ?? 0);
    const page = keys.slice(from, from + PAGE);
    const more = from + PAGE < keys.length;
    const xml = page.map(
      (one) => `<Contents><Key>${escaped(one)}</Key><Size>${objects.get(one)?.body.length}</Size></Contents>`,
    );
    const next = more ? `<NextContinuationToken>${from + PAGE}</NextContinuationToken>` : '';
    return xmlOf(`<ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${xml.join('')}</ListBucketResult>`);
  }

  function aboutObject(method: string, key: string, query: URLSearchParams, body: Buffer): Answer {
    const uploadId = query.get('uploadId');
    if (method === 'POST' && query.has('uploads')) {
      const id = randomBytes(8).toString('hex');
      uploads.set(id, { key, begunAt: new Date(), parts: new Map() });
      return xmlOf(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
    }
    if (uploadId !== null) return aboutUpload(method, uploadId, query, body);
    if (method === 'PUT') {
      const etag = `"${md5(body)}"`;
      objects.set(key, { body, etag });
      return { status: 200, headers: { etag } };
    }
    if (method === 'DELETE') {
      objects.delete(key);
      return { status: 204 };
    }
    const found = objects.get(key);
    if (!found) return failed(404, 'NoSuchKey');
    return { status: 200, headers: { etag: found.etag }, body: found.body };
  }

  function aboutUpload(method: string, id: string, query: URLSearchParams, body: Buffer): Answer {
    const upload = uploads.get(id);
    if (!upload) return failed(404, 'NoSuchUpload');
    if (method === 'PUT') {
      const etag = `"${md5(body)}"`;
      upload.parts.set(Number(query.get('partNumber')), { body, etag });
      return { status: 200, headers: { etag } };
    }
    if (method === 'DELETE') {
      uploads.delete(id);
      return { status: 204 };
    }
    const wanted = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>(.*?)<\/ETag>/g)];
    const parts = wanted.map(([, number, etag]) => ({ part: upload.parts.get(Number(number)), etag }));
    if (parts.length === 0 || parts.some(({ part, etag }) => part?.etag !== etag)) return failed(400, 'InvalidPart');
    const bodies = parts.map(({ part }) => part?.body ?? Buffer.alloc(0));
    if (bodies.slice(0, -1).some(({ length }) => length < SMALLEST_PART)) return failed(400, 'EntityTooSmall');
    objects.set(upload.key, { body: Buffer.concat(bodies), etag: `"${md5(Buffer.concat(bodies))}-${bodies.length}"` });
    uploads.delete(id);
    return xmlOf('<CompleteMultipartUploadResult></CompleteMultipartUploadResult>');
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${KEY.id}:${encodeURIComponent(KEY.secret)}@127.0.0.1:${port}/${BUCKET}/reviver?region=${KEY.region}`,
    objects,
    uploads,
    requests,
    slowDown: (times, fits = () => true) => {
      slow = { times, fits };
    },
    hang: (fits) => {
      hangs = fits;
      hung.length = 0;
    },
    hung,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: Buffer;
}

function send(response: ServerResponse, { method }: IncomingMessage, { status, headers = {}, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': String(body?.length ?? 0) });
  response.end(method === 'HEAD' ? undefined : body);
}

function failed(status: number, code: string): Answer {
  return { ...xmlOf(`<Error><Code>${code}</Code><Message>as S3 says it</Message></Error>`), status };
}

function xmlOf(text: string): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: Buffer.from(`<?xml version="1.0"?>${text}`),
  };
}

const md5 = (data: Buffer) => createHash('md5').update(data).digest('hex');
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
