import { z } from 'zod';
import { InvalidInput } from '../engine/model/errors.js';

/** What a list takes that is read as a whole and shown in parts; `most` is the largest part, `usual` the one of who asks for none. */
export function pageQuery(usual: number, most: number) {
  return z.strictObject({
    limit: z.coerce.number().int().min(1).max(most).default(usual).describe(`a whole number from 1 to ${most}`),
    cursor: z.string().min(1).max(200).optional().describe('the `next` of the page before'),
  });
}

export const nextPage = z.string().nullable().describe('`cursor` of the next page; null at the end');

/** The part behind the item that `cursor` names. Throws `invalid_input` when that is no longer there. */
export function pageOf<T>(
  all: readonly T[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  nameOf: (item: T) => string,
): { items: T[]; next: string | null } {
  const before = cursor === undefined ? -1 : all.findIndex((item) => nameOf(item) === cursor);
  if (cursor !== undefined && before < 0)
    throw new InvalidInput('cursor', cursor, 'the `next` of the page before; what it names is gone, so begin anew');
  const items = all.slice(before + 1, before + 1 + limit);
  const last = before + 1 + limit < all.length ? items.at(-1) : undefined;
  return { items, next: last === undefined ? null : nameOf(last) };
}
