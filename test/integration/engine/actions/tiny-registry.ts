import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** A registry with one image of one empty layer, on 127.0.0.1, where Docker asks for no certificate. */
export interface TinyRegistry {
  /** `127.0.0.1:5001` */
  host: string;
  /** The image gets another id. */
  publish(version: string): void;
  /** Layers are begun and never ended, until the client goes; resolves when one is asked for. */
  stall(): Promise<void>;
  close(): Promise<void>;
}

const sum = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

export async function startTinyRegistry(): Promise<TinyRegistry> {
  let blobs = new Map<string, Buffer>();
  let manifest: Buffer = Buffer.alloc(0);
  let stalled: (() => void) | undefined;

  const server = createServer(({ url = '', method }, answer) => {
    if (url === '/v2/') return send(answer, method, Buffer.from('{}'), 'application/json');
    if (url.includes('/manifests/missing')) return missing(answer);
    if (url.includes('/manifests/')) return send(answer, method, manifest, MANIFEST);
    const blob = blobs.get(url.split('/').at(-1) ?? '');
    if (!blob) return missing(answer);
    if (stalled && method === 'GET') {
      answer.writeHead(200, { 'content-length': blob.length });
      answer.write(blob.subarray(0, 1));
      return stalled();
    }
    return send(answer, method, blob, 'application/octet-stream');
  });

  function publish(version: string): void {
    const tar = Buffer.alloc(10_240);
    // Another layer for each version, so that it is fetched anew.
    const layer = gzipSync(Buffer.concat([tar, Buffer.alloc(512 * version.length)]));
    const plain = Buffer.concat([tar, Buffer.alloc(512 * version.length)]);
    const config = Buffer.from(
      JSON.stringify({
        architecture: 'amd64',
        os: 'linux',
        created: '2026-01-01T00:00:00Z',
        config: { Labels: { version } },
        rootfs: { type: 'layers', diff_ids: [sum(plain)] },
      }),
    );
    blobs = new Map([config, layer].map((blob) => [sum(blob), blob]));
    const described = (mediaType: string, blob: Buffer) => ({ mediaType, size: blob.length, digest: sum(blob) });
    manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: MANIFEST,
        config: described('application/vnd.docker.container.image.v1+json', config),
        layers: [described('application/vnd.docker.image.rootfs.diff.tar.gzip', layer)],
      }),
    );
  }

  publish('1');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the registry has no port');
  return {
    host: `127.0.0.1:${address.port}`,
    publish,
    stall: () =>
      new Promise((resolve) => {
        stalled = resolve;
      }),
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function send(answer: ServerResponse, method: string | undefined, body: Buffer, type: string): void {
  answer.writeHead(200, {
    'content-type': type,
    'content-length': body.length,
    'docker-content-digest': sum(body),
    'docker-distribution-api-version': 'registry/2.0',
  });
  answer.end(method === 'HEAD' ? undefined : body);
}

function missing(answer: ServerResponse): void {
  answer.writeHead(404, { 'content-type': 'application/json' });
  answer.end(JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] }));
}
