import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { planJson } from '../../../src/api/json/plan.js';
import { recoveryJson } from '../../../src/api/json/recovery.js';
import { decidedJson } from '../../../src/api/routes/decisions.js';
import { eventListJson, recoveryListJson } from '../../../src/api/routes/recoveries.js';
import { type ApiServer, startApi } from '../../support/api-server.js';

let server: ApiServer;
beforeEach(async () => {
  server = await startApi();
});
afterEach(() => server.close());

describe('POST /recover/{service}', () => {
  test('answers 202 with the recovery and where it is', async () => {
    const { status, headers, body } = await server.call('POST', '/recover/redis', { body: { reason: 'it is gone' } });
    expect(status).toBe(202);
    expect(headers.get('location')).toBe('/recoveries/R-1');
    expect(recoveryJson.parse(body)).toMatchObject({
      id: 'R-1',
      state: 'AWAITING_APPROVAL',
      requested_by: 'Ann',
      strategy: 'restart',
    });
    expect(body.reason).toBe('it is gone');
    expect(server.engine.recoveries[0]?.recovery.origin).toEqual({ platform: 'api' });
  });

  test('needs no body', async () => {
    expect((await server.call('POST', '/recover/redis')).status).toBe(202);
  });

  test('answers the same request with 200 and the one that runs', async () => {
    await server.call('POST', '/recover/redis', { body: { strategy: 'restart' } });
    const { status, body } = await server.call('POST', '/recover/redis', { body: { strategy: 'restart' } });
    expect(status).toBe(200);
    expect(body.id).toBe('R-1');
  });

  test('refuses a different one with 409 that names the running one', async () => {
    await server.call('POST', '/recover/redis', { body: { strategy: 'restart' } });
    const { status, body } = await server.call('POST', '/recover/redis', { body: { strategy: 'recreate' } });
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'conflict', recovery: 'R-1', place: 1, title: 'Conflict' });
    expect(body.detail).toContain('R-1');
  });

  test('plans without starting anything when it is a dry run', async () => {
    const { status, body } = await server.call('POST', '/recover/redis', { body: { dry_run: true } });
    expect(status).toBe(200);
    expect(planJson.parse(body).previews).toEqual(['Would stop redis (pid 4711)']);
    expect(server.engine.recoveries).toEqual([]);
  });

  test('passes parameters on as they are', async () => {
    const params = { backup: 'redis_backup', keys: [1, null, { deep: true }] };
    await server.call('POST', '/recover/redis', { body: { params } });
    expect(server.engine.recoveries[0]?.recovery.plan.params).toEqual(params);
  });

  test('says which service is unknown', async () => {
    const { status, body } = await server.call('POST', '/recover/redsi', { body: {} });
    expect(status).toBe(404);
    expect(body).toMatchObject({ code: 'not_found', name: 'redsi', suggestion: 'redis', instance: '/recover/redsi' });
  });
});

describe('reading recoveries', () => {
  test('pages from the newest with the cursor of the page before', async () => {
    for (const service of ['redis', 'web']) await server.call('POST', `/recover/${service}`);
    const first = await server.call('GET', '/recoveries?limit=1');
    expect(recoveryListJson.parse(first.body)).toMatchObject({ items: [{ id: 'R-2' }], next: 'R-2' });
    const second = await server.call('GET', `/recoveries?limit=1&cursor=${first.body.next}`);
    expect(recoveryListJson.parse(second.body)).toMatchObject({ items: [{ id: 'R-1' }], next: null });
  });

  test('filters by service and by states in any case', async () => {
    for (const service of ['redis', 'web']) await server.call('POST', `/recover/${service}`);
    const ids = async (query: string) =>
      (await server.call('GET', `/recoveries?${query}`)).body.items.map(({ id }: { id: string }) => id);
    expect(await ids('service=web')).toEqual(['R-2']);
    expect(await ids('state=awaiting_approval,failed')).toEqual(['R-1']);
  });

  test.each(['R-1', 'r-1', '1'])('knows %s', async (name) => {
    await server.call('POST', '/recover/redis');
    const { status, body } = await server.call('GET', `/recoveries/${name}`, { token: 'tok-viewer' });
    expect(status).toBe(200);
    expect(recoveryJson.parse(body).id).toBe('R-1');
  });

  test('does not know one that never was', async () => {
    expect((await server.call('GET', '/recoveries/R-999')).body).toMatchObject({ status: 404, code: 'not_found' });
  });

  test('lists the events of one', async () => {
    await server.call('POST', '/recover/redis');
    const { body } = await server.call('GET', '/recoveries/R-1/events');
    expect(eventListJson.parse(body).items).toMatchObject([
      { kind: 'recovery.created', recovery: 'R-1', service: 'redis', actor: 'Ann' },
    ]);
  });
});

describe('deciding and acting', () => {
  beforeEach(() => server.call('POST', '/recover/redis'));

  test('approves as the person of the token', async () => {
    const digest = server.engine.recoveries[0]?.recovery.planDigest.slice(0, 8);
    const { status, body } = await server.call('POST', '/recoveries/R-1/approve', {
      token: 'tok-lee',
      body: { digest },
    });
    expect(status).toBe(200);
    expect(decidedJson.parse(body)).toMatchObject({ state: 'IN_PROGRESS', message: 'Lee: approve.' });
    expect(body.approvals[0].decisions).toMatchObject([{ by: 'Lee', verdict: 'approve', via: 'api' }]);
  });

  test('hands the reason of a rejection to the engine', async () => {
    await server.call('POST', '/recoveries/1/reject', { token: 'tok-lee', body: { reason: 'not now' } });
    expect(server.engine.log.at(-1)?.data).toMatchObject({ verdict: 'reject', reason: 'not now' });
  });

  test('a stale digest is 409 and changes nothing', async () => {
    const { status, body } = await server.call('POST', '/recoveries/1/approve', {
      token: 'tok-lee',
      body: { digest: 'deadbeef' },
    });
    expect(status).toBe(409);
    expect(body.code).toBe('stale');
    expect(server.engine.recoveries[0]?.recovery.state).toBe('AWAITING_APPROVAL');
  });

  test('the engine refuses the requester, whose token spells the name otherwise', async () => {
    const { status, body } = await server.call('POST', '/recoveries/1/approve');
    expect(status).toBe(403);
    expect(body.detail).toContain('Ann may not decide');
  });

  test.each(['cancel', 'escalate', 'ack'])('%s is a verb', async (verb) => {
    const { status, body } = await server.call('POST', `/recoveries/R-1/${verb}`);
    expect(status).toBe(200);
    expect(decidedJson.parse(body).id).toBe('R-1');
  });

  test.each(['retry', 'mark-done', 'rollback'])('%s is a verb that makes no sense yet', async (verb) => {
    expect((await server.call('POST', `/recoveries/R-1/${verb}`)).body.code).toBe('conflict');
  });

  test('DELETE with a service cancels its active recovery', async () => {
    const { status, body } = await server.call('DELETE', '/recoveries/redis');
    expect(status).toBe(200);
    expect(recoveryJson.parse(body)).toMatchObject({ id: 'R-1', state: 'CANCELLED' });
    const again = await server.call('DELETE', '/recoveries/redis');
    expect(again.body).toMatchObject({ status: 404, detail: 'No active recovery of "redis".' });
  });

  test('DELETE with a misspelt service suggests the right one', async () => {
    expect((await server.call('DELETE', '/recoveries/redsi')).body).toMatchObject({ status: 404, suggestion: 'redis' });
  });
});
