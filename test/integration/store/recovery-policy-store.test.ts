import { describe, expect, test } from '@jest/globals';
import { retryPolicy } from '../../../src/engine/model/retry-policy.js';
import { createRecoveryPolicyStore } from '../../../src/store/recovery-policy-store.js';
import { withStore } from './open-store.js';

const on = withStore();
const store = () => createRecoveryPolicyStore(on.pool);
const by = { by: 'Lee', via: 'api', constitution: 'cdd01ef066bc6cf2' };

describe('a policy in Postgres', () => {
  test('is set, replaced by who knows its version, and each change is in the log', async () => {
    const first = { service: 'redis', policy: retryPolicy({ maxRetryAttempts: 3 }), ...by };
    expect(await store().get('redis')).toBeUndefined();
    expect(await store().put(first, 1)).toBeUndefined();
    expect(await store().put(first, 0)).toMatchObject({ service: 'redis', version: 1, by: 'Lee' });
    expect(await store().put(first, 0)).toBeUndefined();
    const second = { ...first, policy: retryPolicy({ strategy: 'manual' }), by: 'Ann' };
    expect(await store().put(second, 1)).toMatchObject({ version: 2, by: 'Ann', policy: second.policy });
    expect(await store().all()).toMatchObject([{ service: 'redis', version: 2, policy: second.policy }]);

    const { rows } = await on.pool.query(
      `SELECT actor, data, constitution FROM events WHERE kind = 'policy.set' ORDER BY id`,
    );
    expect(rows).toMatchObject([
      { actor: 'Lee', constitution: 'cdd01ef066bc6cf2', data: { service: 'redis', version: 1, was: null, via: 'api' } },
      { actor: 'Ann', data: { version: 2, was: first.policy, policy: second.policy } },
    ]);
  });

  test('is set once by those who set it at the same time', async () => {
    const puts = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((maxRetryAttempts) =>
        store().put({ service: 'web', policy: retryPolicy({ maxRetryAttempts }), ...by }, 0),
      ),
    );
    expect(puts.filter(Boolean)).toHaveLength(1);
  });

  test.each([
    { maxRetryAttempts: 0 },
    { backoffMultiplier: 0.5 },
    { initialDelayMs: -1 },
    { initialDelayMs: 9, maxDelayMs: 8 },
  ])('cannot be stored against its constraints: %j', async (wrong) => {
    const policy = { ...retryPolicy(), ...wrong };
    await expect(store().put({ service: 'mail', policy, ...by }, 0)).rejects.toThrow('constraint');
  });
});
