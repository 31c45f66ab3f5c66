/** The same server, another database. */
export function urlOf(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
}

/** How programs of PostgreSQL are told where to connect: everybody on the machine can read their arguments, so the password is not in them. */
export function connection(url: string, database: string): { argument: string; env: Record<string, string> } {
  const bare = new URL(urlOf(url, database));
  const password = decodeURIComponent(bare.password) || bare.searchParams.get('password') || '';
  bare.password = '';
  bare.searchParams.delete('password');
  return {
    argument: `--dbname=${bare.href}`,
    env: { ...(password === '' ? {} : { PGPASSWORD: password }), PGAPPNAME: 'reviver', PGCONNECT_TIMEOUT: '10' },
  };
}
