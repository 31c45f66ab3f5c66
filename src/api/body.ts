import express, { type Request, type Response } from 'express';
import { UserError } from '../engine/model/errors.js';
import type { Limits } from './limits.js';

export type ReadJson = (req: Request, res: Response) => Promise<unknown>;

/** Reads a JSON body; an absent one is `{}`. Throws malformed, too_large or unsupported_media. */
export function createJsonReader(limits: Limits): ReadJson {
  const parse = express.json({ limit: limits.bodyBytes, inflate: false, type: () => true });
  return async (req, res) => {
    if (!hasBody(req)) return {};
    if (!req.is(['application/json', '+json']))
      throw new UserError('unsupported_media', 'The body must be JSON: send it with Content-Type: application/json.');
    await new Promise<void>((resolve, reject) => parse(req, res, (error) => (error ? reject(error) : resolve())));
    refuseHostile(req.body, limits.bodyDepth);
    return req.body ?? {};
  };
}

/** The body as it was sent, for those who sign it. */
export type ReadBytes = (req: Request, res: Response) => Promise<Buffer>;

export function createBytesReader(limit: number): ReadBytes {
  const parse = express.raw({ limit, inflate: false, type: () => true });
  return async (req, res) => {
    await new Promise<void>((resolve, reject) => parse(req, res, (error) => (error ? reject(error) : resolve())));
    return Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
  };
}

/** JSON whose bytes were read before. Throws malformed. */
export function parseJson(bytes: Buffer, maxDepth: number): unknown {
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new UserError('malformed', 'The body is not JSON in UTF-8.');
  }
  refuseHostile(body, maxDepth);
  return body;
}

function hasBody(req: Request): boolean {
  const length = req.headers['content-length'];
  return req.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** NUL and lone surrogates: valid in JSON, impossible in Postgres. */
const UNSTORABLE = /\0|\p{Cs}/u;

/** Walks without recursion: a deep body must not exhaust the stack of whatever reads it later. */
function refuseHostile(body: unknown, maxDepth: number): void {
  const open: { value: unknown; depth: number }[] = [{ value: body, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string') refuseText(value);
    if (typeof value !== 'object' || value === null) continue;
    if (depth === maxDepth) throw new UserError('malformed', `The body is nested deeper than ${maxDepth} levels.`);
    for (const [key, inner] of Object.entries(value)) {
      if (key === '__proto__')
        throw new UserError('malformed', 'The body has a field "__proto__", which is not accepted.');
      refuseText(key);
      open.push({ value: inner, depth: depth + 1 });
    }
  }
}

function refuseText(text: string): void {
  if (UNSTORABLE.test(text))
    throw new UserError('malformed', 'The body has a NUL character or half a surrogate pair in a text.');
}
