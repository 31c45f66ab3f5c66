import type { Reply, Route } from './route.js';

/** The `Link` of a page that has a next one (RFC 8288): the same request, with its cursor. */
export function linkToNext(route: Pick<Route, 'query'>, url: string, reply: Reply): Record<string, string> {
  if (!('cursor' in route.query.shape) || !('body' in reply)) return {};
  // An array has no room for it beside its items.
  const next: unknown = reply.next ?? Reflect.get(reply.body, 'next');
  if (typeof next !== 'string') return {};
  const [path = '', query = ''] = url.split('?', 2);
  const search = new URLSearchParams(query);
  search.set('cursor', next);
  return { Link: `<${path}?${search}>; rel="next"` };
}
