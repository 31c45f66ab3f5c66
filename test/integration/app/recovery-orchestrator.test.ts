import { beforeAll, describe, expect, test } from '@jest/globals';
import { RecoveryOrchestrator, RecoveryPolicy } from '../../../src/index.js';
import { orchestratorContract } from '../../support/contracts/orchestrator.js';
import { eventually, withDatabase } from '../../support/index.js';
import { required } from '../../support/required.js';

const database = withDatabase();
/** One number for all that share a database: its slots are as many as the latest one says. */
const shared = () => ({ databaseUrl: database.url, redisUrl: required('REDIS_URL'), maxConcurrentRecoveries: 1 });

// The schema is there already, or is made by the first that comes: here before any test is timed.
beforeAll(async () => {
  const first = new RecoveryOrchestrator(shared());
  await first.start();
  await first.stop();
}, 60_000);

orchestratorContract(shared);

describe('in Postgres', () => {
  test('what was scheduled outlives its process: another orchestrator of the same name carries it out', async () => {
    const name = 'outlives';
    const one = new RecoveryOrchestrator({ ...shared(), name });
    await one.scheduleRecovery('left_service', { priority: 2 });
    await one.stop();
    const other = new RecoveryOrchestrator({ ...shared(), name });
    await other.start();
    try {
      await eventually(async () =>
        expect((await other.getRecoveryStatus()).services.left_service?.state).toBe('succeeded'),
      );
    } finally {
      await other.stop();
    }
  });

  test('a stop cancels what that orchestrator has scheduled, and nothing of the others', async () => {
    const one = new RecoveryOrchestrator({ ...shared(), name: 'one' });
    const other = new RecoveryOrchestrator({ ...shared(), name: 'other' });
    await one.start();
    await other.start();
    try {
      await one.scheduleRecovery('of_one', { strategy: 'manual' });
      await other.scheduleRecovery('of_other', { strategy: 'manual' });
      await one.stop();
      const { services } = await other.getRecoveryStatus();
      expect([services.of_one?.state, services.of_other?.state]).toEqual(['cancelled', 'awaiting_manual']);
    } finally {
      await one.stop();
      await other.stop();
    }
  });

  test('a policy that was set is everybody’s; its health check is the process’s own', async () => {
    const one = new RecoveryOrchestrator(shared());
    const other = new RecoveryOrchestrator(shared());
    try {
      await one.setRecoveryPolicy(
        'shared_service',
        new RecoveryPolicy({ maxRetryAttempts: 9, healthCheckFn: () => true }),
      );
      expect(await other.getRecoveryPolicy('shared_service')).toMatchObject({
        maxRetryAttempts: 9,
        healthCheckFn: undefined,
      });
    } finally {
      await one.stop();
      await other.stop();
    }
  });

  test('without Redis the poll carries it all', async () => {
    const one = new RecoveryOrchestrator({ databaseUrl: database.url, maxConcurrentRecoveries: 1, name: 'no_redis' });
    await one.start();
    try {
      await one.scheduleRecovery('polled_service');
      expect(await one.executeRecovery('polled_service')).toMatchObject({ success: true });
    } finally {
      await one.stop();
    }
  });
});
