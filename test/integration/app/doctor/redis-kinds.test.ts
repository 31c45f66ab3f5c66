import { expect, test } from '@jest/globals';
import { checkRedis } from '../../../../src/app/doctor/check-redis.js';
import { admit } from '../../../../src/app/doctor/patient.js';
import { freePort } from '../../../support/index.js';
import { startCluster } from '../../../support/redis-cluster.js';
import { startSentinels } from '../../../support/redis-sentinel.js';

async function examine(REDIS_URL: string): Promise<string[]> {
  const over = new AbortController();
  const patient = await admit({ REDIS_URL, DATABASE_URL: 'postgresql://db/reviver' });
  const findings = await checkRedis(patient)(over.signal);
  return findings.map(({ state, what }) => `${state} ${what}`);
}

test.each([
  ['Sentinels', startSentinels],
  ['a cluster', startCluster],
])(
  'the doctor looks through %s at the server behind',
  async (_kind, start) => {
    const { url } = await start();
    expect(await examine(url)).toEqual([
      expect.stringMatching(/^ok Redis \d.* answers$/),
      'ok maxmemory-policy is noeviction',
      'warning the append-only file is off',
      expect.stringMatching(/^ok .*clock/),
    ]);
  },
  60_000,
);

test('a cluster without any server is said within its time, with its place', async () => {
  const host = `127.0.0.1:${await freePort()}`;
  const [only] = await examine(`redis+cluster://:s3cret@${host}`);
  expect(only).toContain(`broken the cluster ${host} cannot be reached: `);
  expect(only).not.toContain('s3cret');
});
