import type { News } from '../../src/pager/pager.js';

/** What a pager is told of a Redis that does not start again. */
export function someNews(over: Partial<News> = {}): News {
  return {
    action: 'trigger',
    key: 'page:E-5:1:email:abc',
    dedupKey: 'reviver:home:E-5',
    name: 'E-5',
    service: 'redis',
    code: 'step_failed',
    reason: 'Step 3 "Start redis" failed 3 times: connection refused',
    level: 1,
    criticality: 'critical',
    recovery: 'R-12',
    startedAt: new Date('2026-11-22T03:04:05Z'),
    language: 'en',
    ...over,
  };
}
