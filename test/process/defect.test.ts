import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { withDatabase, withRedis } from '../support/index.js';
import { type Installation, install } from '../support/reviver.js';
import { manyServices } from '../support/scene.js';

const database = withDatabase();
const redis = withRedis();
let reviver: Installation | undefined;
afterAll(() => reviver?.stop());

test('a failure for which nobody waits is logged and ends the process, which a supervisor starts anew', async () => {
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: manyServices(1),
    extensions: [join(process.cwd(), 'test', 'process', 'fixtures', 'rejects.mjs')],
  });
  const worker = await reviver.start('worker', ['worker']);
  worker.kill('SIGUSR2');
  expect(await worker.ended).toBe(70);
  expect(reviver.log('worker')).toMatch(/nobody waits for this.*unhandled rejection: a defect/);
}, 60_000);
