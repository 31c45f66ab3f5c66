import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { viewOf } from '../../support/api-engine.js';
import { type ApiServer, startApi } from '../../support/api-server.js';

let server: ApiServer;
beforeEach(async () => {
  server = await startApi({ limits: { requests: 5, requestWindowMs: 60_000 } });
});
afterEach(() => server.close());

describe('/v1', () => {
  test('is the same, and its links stay in it', async () => {
    const { status, headers } = await server.call('POST', '/v1/recover/web', { body: {} });
    expect([status, headers.get('location')]).toEqual([202, '/v1/recoveries/R-1']);
    expect((await server.call('GET', '/v1/recoveries/R-1')).body).toMatchObject({ id: 'R-1' });
    expect((await server.call('GET', '/v1/nothing')).status).toBe(404);
    expect((await server.call('GET', '/v1')).status).toBe(404);
  });

  test('stands in the API document, with the version of Reviver', async () => {
    const { body } = await server.call('GET', '/openapi.json');
    expect(body).toMatchObject({ info: { version: '1.2.3' }, servers: [{ url: '/' }, { url: '/v1' }] });
  });
});

describe('a page of a list', () => {
  test('names the next one by Link, with the filters of the request, to the end', async () => {
    server.engine.recoveries.push(...[1, 2, 3].map((id) => viewOf({ id })));
    const seen: string[] = [];
    let path = '/v1/recoveries?service=redis&limit=2';
    for (let link: string | undefined = path; link; ) {
      path = link;
      const { body, headers } = await server.call('GET', path);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      link = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual(['R-3', 'R-2', 'R-1']);
    expect(path).toBe('/v1/recoveries?service=redis&limit=2&cursor=R-2');
  });

  test.each(['/templates', '/snapshots/web', '/recoveries/R-1/events'])('of %s is as the others', async (list) => {
    const numbers = [1, 2, 3];
    const [runbook] = server.engine.runbooks();
    Object.assign(server.engine, {
      runbooks: () => numbers.map((n) => ({ ...runbook, id: `runbook-${n}` })),
      snapshots: async () => ({ items: numbers.map((n) => ({ id: `snapshot-${n}`, createdAt: new Date(0) })) }),
    });
    server.engine.recoveries.push(viewOf({ id: 1 }));
    for (const id of numbers)
      server.engine.log.push({ id, at: new Date(), kind: 'step.started', recoveryId: 1, actor: 'Ann', data: {} });
    const items = (body: unknown) => (Array.isArray(body) ? body : Reflect.get(Object(body), 'items'));
    const whole = await server.call('GET', list);
    expect(items(whole.body)).toHaveLength(3);
    expect(whole.headers.get('link')).toBeNull();
    const first = await server.call('GET', `${list}?limit=1`);
    const link = /^<([^>]+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = await server.call('GET', link);
    expect([...items(first.body), ...items(second.body)]).toEqual(items(whole.body).slice(0, 2));
    const gone = await server.call('GET', `${list}?cursor=nothing`);
    expect([gone.status, gone.body.field]).toEqual([422, 'cursor']);
  });
});

describe('limits of a token', () => {
  test('are told with every answer, and with 429', async () => {
    const { headers } = await server.call('GET', '/templates');
    expect(headers.get('ratelimit-policy')).toBe('"token";q=5;w=60');
    expect(headers.get('ratelimit')).toMatch(/^"token";r=4;t=\d+$/);
    expect([headers.get('ratelimit-limit'), headers.get('ratelimit-remaining')]).toEqual(['5', '4']);
    for (let n = 0; n < 4; n += 1) await server.call('GET', '/templates');
    const refused = await server.call('GET', '/templates');
    expect([refused.status, refused.headers.get('ratelimit-remaining')]).toEqual([429, '0']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await server.call('GET', '/templates', { token: 'tok-lee' })).status).toBe(200);
  });
});

describe('/docs', () => {
  test('is a page that loads nothing and runs only its own script', async () => {
    const { status, headers, body } = await server.call('GET', '/docs', { token: null });
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'sha256-/);
    expect(body).not.toMatch(/https?:\/\//);
  });
});
