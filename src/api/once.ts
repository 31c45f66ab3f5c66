import { createHash } from 'node:crypto';
import { UserError } from '../engine/model/errors.js';
import type { KeptAnswer, KeptAnswers } from '../engine/model/kept-answers.js';
import type { Log } from '../engine/ports.js';
import type { Reply } from './route.js';

export interface Asked {
  /** As the header has it; undefined: the client asked for nothing. */
  key: string | undefined;
  /** Whose key it is: keys of different tokens are different ones. */
  owner: string;
  method: string;
  url: string;
  body: unknown;
}

export type Once = (asked: Asked, run: () => Promise<Reply>) => Promise<Reply>;

/**
 * Runs a request with an `Idempotency-Key` once: again, it gets the first answer, with `Idempotency-Replayed: true`. A
 * request that was refused has done nothing, and may be sent anew under its key. Throws `invalid_input` for a key that
 * was used for another request, `conflict` while the first is under way, `malformed` for what is no key.
 */
export function createOnce(answers: KeptAnswers, log: Log): Once {
  return async ({ key: given, owner, method, url, body }, run) => {
    if (given === undefined) return run();
    const key = readKey(given);
    const request = createHash('sha256')
      .update(JSON.stringify([method, url, body]))
      .digest('hex');
    const begun = await answers.begin(owner, key, request);
    if (begun.kind !== 'begun' && begun.request !== request) throw usedBefore(key);
    if (begun.kind === 'running') throw underWay(key);
    if (begun.kind === 'done') return replayed(begun.answer);
    const reply = await run().catch(async (error: unknown) => {
      await answers.drop(owner, key).catch((failure: unknown) => said(log, failure));
      throw error;
    });
    // What was asked for has happened: a failure to remember it must not hide that.
    await answers.keep(owner, key, toKept(reply)).catch((failure: unknown) => said(log, failure));
    return reply;
  };
}

/** Bare, or a string in quotes, as the draft of the header has it. */
const KEY = /^"([\x21\x23-\x5b\x5d-\x7e]{1,255})"$|^([\x21\x23-\x7e]{1,255})$/;

function readKey(given: string): string {
  const [, quoted, bare] = KEY.exec(given) ?? [];
  const key = quoted ?? bare;
  if (key === undefined)
    throw new UserError('malformed', 'Idempotency-Key: send 1 to 255 visible ASCII characters, such as a UUID.');
  return key;
}

function usedBefore(key: string): UserError {
  return new UserError(
    'invalid_input',
    'This Idempotency-Key was used for another request. Nothing was done; send a new key with a new request.',
    { field: 'Idempotency-Key', value: key },
  );
}

function underWay(key: string): UserError {
  return new UserError('conflict', 'The first request with this Idempotency-Key is under way. Ask again in a moment.', {
    field: 'Idempotency-Key',
    value: key,
    retry_after_s: 1,
  });
}

function toKept(reply: Reply): KeptAnswer {
  const { status, headers = {} } = reply;
  if ('text' in reply) return { status, headers, type: reply.type, text: reply.text };
  return { status, headers, type: JSON_TYPE, text: JSON.stringify(reply.body) };
}

const JSON_TYPE = 'application/json; charset=utf-8';

function replayed({ status, headers, type, text }: KeptAnswer): Reply {
  return { status, text, type, headers: { ...headers, 'Idempotency-Replayed': 'true' } };
}

function said(log: Log, failure: unknown): void {
  log('error', 'api:answer_not_kept', { error: String(failure) });
}
