import type { RequestHandler } from 'express';

/** The version of the contract that is served. Without the prefix a client gets the newest. */
export const VERSION_PREFIX = '/v1';

/** Serves `/v1/...` as `/...`; `res.locals.base` is what links in the answer begin with. */
export function versionPrefix(): RequestHandler {
  return (req, res, next) => {
    const prefixed = withoutVersion(req.url);
    res.locals.base = prefixed === undefined ? '' : VERSION_PREFIX;
    if (prefixed !== undefined) req.url = prefixed;
    next();
  };
}

/** Undefined: it has none. */
export function withoutVersion(url: string): string | undefined {
  return url.startsWith(`${VERSION_PREFIX}/`) ? url.slice(VERSION_PREFIX.length) : undefined;
}
