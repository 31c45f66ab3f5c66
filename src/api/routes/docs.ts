import { DOCS_HEADERS, DOCS_PAGE } from '../docs-page/page.js';
import { NO_INPUT, type Route, route } from '../route.js';

/** Without a token, as it tells nothing: it is on this page that people show theirs. */
export function docsRoute(): Route {
  return route({
    ...NO_INPUT,
    method: 'get',
    path: '/docs',
    operation: 'docs',
    summary: 'This document as a page for people',
    access: 'public',
    answers: { 200: { description: 'HTML' } },
    errors: [],
    handle: async () => ({ status: 200, text: DOCS_PAGE, type: 'text/html; charset=utf-8', headers: DOCS_HEADERS }),
  });
}
