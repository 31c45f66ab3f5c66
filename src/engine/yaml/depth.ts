import type { CST } from 'yaml';

/** Where a collection begins that is nested deeper than `most`; undefined: none is. What reads it further is recursive. */
export function deeperThan(tokens: readonly CST.Token[], most: number): number | undefined {
  const open = tokens.map((token): { token: CST.Token; depth: number } => ({ token, depth: 0 }));
  for (let next = open.pop(); next; next = open.pop()) {
    const { token, depth } = next;
    if (depth > most) return token.offset;
    if (token.type === 'document' && token.value) open.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    for (const { key, value } of token.items)
      for (const inner of [key, value]) if (inner) open.push({ token: inner, depth: depth + 1 });
  }
  return undefined;
}
