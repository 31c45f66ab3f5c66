import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ApiServer, startApi } from '../../support/api-server.js';
import { eventually } from '../../support/eventually.js';

let server: ApiServer;
beforeEach(async () => {
  server = await startApi();
});
afterEach(() => server.close());

const recover = (key: string, body: object = {}, token = 'tok-ann', service = 'web') =>
  server.call('POST', `/recover/${service}`, { token, body, headers: { 'Idempotency-Key': key } });

describe('Idempotency-Key', () => {
  test('the same request again gets the first answer, and nothing is done a second time', async () => {
    const first = await recover('deploy-77', { reason: 'slow' });
    expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([202, null]);
    server.engine.recoveries.splice(0);
    const again = await recover('"deploy-77"', { reason: 'slow' });
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([202, 'true']);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(server.engine.recoveries).toEqual([]);
  });

  test('with another body, or to another path, it is 422', async () => {
    await recover('deploy-78', { reason: 'slow' });
    for (const other of [
      await recover('deploy-78', { reason: 'dead' }),
      await recover('deploy-78', { reason: 'slow' }, 'tok-ann', 'redis'),
    ])
      expect(other.body).toMatchObject({ status: 422, field: 'Idempotency-Key' });
  });

  test('keys of different tokens are different ones', async () => {
    expect((await recover('k', { reason: 'a' })).status).toBe(202);
    expect((await recover('k', { reason: 'b' }, 'tok-bot', 'redis')).status).toBe(202);
  });

  test('while the first is under way it is 409 with Retry-After', async () => {
    const recoverNow = server.engine.recover.bind(server.engine);
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    server.engine.recover = async (...asked) => {
      await gate;
      return recoverNow(...asked);
    };
    const first = recover('slow');
    await eventually(async () => {
      const second = await recover('slow');
      expect(second.body).toMatchObject({ status: 409, code: 'conflict', field: 'Idempotency-Key' });
      expect(second.headers.get('retry-after')).toBe('1');
    });
    open();
    expect((await first).status).toBe(202);
    expect((await recover('slow')).headers.get('idempotency-replayed')).toBe('true');
  });

  test('what was refused has done nothing, and may be sent anew under its key', async () => {
    expect((await recover('typo', { priority: 99 })).status).toBe(422);
    expect((await recover('typo', { priority: 9 })).status).toBe(202);
  });

  test.each(['', 'two words', 'x'.repeat(256), '"open'])('"%.20s" is no key', async (key) => {
    expect((await recover(key)).body).toMatchObject({ status: 400, code: 'malformed' });
    expect(server.engine.recoveries).toEqual([]);
  });
});
