/** What a client prefers, by RFC 7240; what is not understood is passed over, as the RFC says. */
export interface Prefer {
  respondAsync: boolean;
  /** The longest that it wants to wait for the answer. */
  waitMs?: number;
}

/** Several headers come joined by commas; the first of a name counts. */
export function readPrefer(header: string | undefined): Prefer {
  const given = new Map<string, string>();
  for (const preference of (header ?? '').slice(0, 1_000).split(',')) {
    const [, name = '', value = ''] = /^\s*([\w-]+)\s*(?:=\s*"?([^";\s]*)"?)?\s*(?:;|$)/.exec(preference) ?? [];
    const key = name.toLowerCase();
    if (key !== '' && !given.has(key)) given.set(key, value);
  }
  const wait = given.get('wait');
  return {
    respondAsync: given.has('respond-async'),
    ...(wait !== undefined && /^\d{1,6}$/.test(wait) ? { waitMs: Number(wait) * 1_000 } : {}),
  };
}
