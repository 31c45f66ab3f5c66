/** What a client says of the state that it knows (RFC 9110, 13.1): entity tags, `*` for any, or nothing. */
export interface Conditions {
  ifMatch: readonly string[] | undefined;
  ifNoneMatch: readonly string[] | undefined;
}

export function readConditions(header: (name: string) => string | undefined): Conditions {
  return { ifMatch: tags(header('if-match')), ifNoneMatch: tags(header('if-none-match')) };
}

/** Compared strongly: a weak tag equals none. */
export function matches(listed: readonly string[], etag: string): boolean {
  return listed.includes('*') || listed.includes(etag);
}

const TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"|\*/g;

function tags(text: string | undefined): string[] | undefined {
  return text === undefined ? undefined : (text.match(TAG) ?? []);
}
