import { z } from 'zod';
import { ActionError } from '../../../actions/action.js';
import type { VaultAnswer } from './ask.js';
import { readJson } from './read-json.js';

/** Of a version that was deleted `data` is null. */
const answered = z.object({
  data: z.object({ data: z.record(z.string(), z.json()).nullable(), metadata: z.object({ version: z.number() }) }),
});

/** The field of a secret's newest version; whatever is wrong is said without a value. */
export function readSecret({ status, body }: VaultAnswer, field: string): string {
  if (status === 403) throw final('Vault refuses it: the token has ended, or its policy does not let it read there');
  const read = answered.safeParse(readJson(body));
  if (status === 404 && !read.success) throw final('Vault has no such secret');
  if (!read.success) throw final(`Vault gives no secret of KV version 2 there (HTTP ${status})`);
  const { data, metadata } = read.data.data;
  if (data === null) throw final(`its newest version (${metadata.version}) is deleted`);
  const value = data[field];
  if (value === undefined) throw final(`the secret has no field "${field}"; its fields are ${names(data)}`);
  if (typeof value !== 'string' && typeof value !== 'number') throw final(`its field "${field}" is no text`);
  return String(value);
}

function names(data: object): string {
  return Object.keys(data).join(', ') || 'none';
}

function final(message: string): ActionError {
  return new ActionError(message, { retryable: false });
}
