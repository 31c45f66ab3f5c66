type Source = Readonly<Record<string, string | undefined>>;

/**
 * The source documents' own variables, read where ours are not set: one whole URI, or its parts. The result is a URL in
 * our form; undefined when nothing names a server.
 */
export function databaseUrlFromOlderNames(env: Source): string | undefined {
  if (env.POSTGRES_URI) return env.POSTGRES_URI;
  if (!env.POSTGRES_HOST) return undefined;
  const user = env.POSTGRES_USER || 'postgres';
  const url = new URL(`postgresql://${env.POSTGRES_HOST}:${env.POSTGRES_PORT || 5432}/${env.POSTGRES_DB || user}`);
  url.username = user;
  url.password = env.POSTGRES_PASSWORD ?? '';
  return url.href;
}

/** A password alone means the Redis of this host, as in the source document. */
export function redisUrlFromOlderNames(env: Source): string | undefined {
  if (!env.REDIS_HOST && !env.REDIS_PASSWORD) return undefined;
  const url = new URL(`redis://${env.REDIS_HOST || '127.0.0.1'}:${env.REDIS_PORT || 6379}`);
  url.password = env.REDIS_PASSWORD ?? '';
  return url.href;
}
