import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The key that the stand-in knows. */
export const KEY = {
  id: 'AKIATESTTESTTEST0001',
  secret: 'test/secret+of/forty+characters/long0001',
  region: 'eu-central-1',
};

/** Minutes that a request's clock may differ, as in Amazon's S3. */
const SKEW_MS = 15 * 60_000;

/** Why a request is refused, as S3 says it; undefined: it is signed well, and its body is the one that was signed. */
export function signatureProblem(request: IncomingMessage, body: Buffer): string | undefined {
  const header = request.headers.authorization ?? '';
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  const [, id, day = '', region = '', names = '', signature] = match ?? [];
  if (!match) return 'AccessDenied';
  if (id !== KEY.id) return 'InvalidAccessKeyId';
  if (region !== KEY.region) return 'AuthorizationHeaderMalformed';
  const signed = names.split(';');
  for (const needed of ['host', 'x-amz-content-sha256', 'x-amz-date'])
    if (!signed.includes(needed)) return 'AccessDenied';
  const date = String(request.headers['x-amz-date']);
  const at = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!date.startsWith(day) || !(Math.abs(Date.now() - at) < SKEW_MS)) return 'RequestTimeTooSkewed';
  const payload = String(request.headers['x-amz-content-sha256']);
  const text = [
    'AWS4-HMAC-SHA256',
    date,
    `${day}/${region}/s3/aws4_request`,
    sha256(canonical(request, signed, payload)),
  ].join('\n');
  const keys = [day, region, 's3', 'aws4_request'].reduce<Buffer>(
    (key, part) => hmac(key, part),
    Buffer.from(`AWS4${KEY.secret}`),
  );
  if (hmac(keys, text).toString('hex') !== signature) return 'SignatureDoesNotMatch';
  return payload === sha256(body) ? undefined : 'XAmzContentSHA256Mismatch';
}

/** Source: Amazon S3 API reference, Signature Version 4, canonical request. */
function canonical({ method = '', url = '', headers }: IncomingMessage, signed: string[], payload: string): string {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const query = [...searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  const lines = signed.map(
    (name) =>
      `${name}:${String(headers[name] ?? '')
        .trim()
        .replace(/ +/g, ' ')}\n`,
  );
  const path = pathname.split('/').map((part) => encode(decodeURIComponent(part)));
  return [method, path.join('/'), query.join('&'), lines.join(''), signed.join(';'), payload].join('\n');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
