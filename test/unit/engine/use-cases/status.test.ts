import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../../../src/engine/model/errors.js';
import { status } from '../../../../src/engine/use-cases/status.js';
import { aSnapshot, aStep, at } from '../../../support/builders.js';
import { NOW, world } from './memory-ports.js';

describe('the status', () => {
  test('names every service, also those that nothing is known of', async () => {
    const health = {
      service: 'redis',
      status: 'unhealthy' as const,
      since: at(0),
      detail: 'connection refused',
      consecutiveFailures: 3,
    };
    const { incidents } = world().ports;
    const stuck = aSnapshot([aStep(0, { state: 'unknown' })], { state: 'AWAITING_MANUAL' });
    const { ports } = world([stuck], { incidents: { ...incidents, health: async () => [health] } });
    expect((await status(ports)).services).toEqual({
      redis: { ...health, recovery: 'AWAITING_MANUAL', recoveryId: 12 },
      web: {
        service: 'web',
        status: 'unknown',
        since: NOW,
        detail: 'it has no health check',
        consecutiveFailures: 0,
        recovery: 'IDLE',
        recoveryId: null,
      },
    });
  });

  test('counts what runs, queues and waits for people, and what nobody knows the outcome of', async () => {
    const states = [
      'SCHEDULED',
      'SCHEDULED',
      'IN_PROGRESS',
      'IN_PROGRESS',
      'ROLLING_BACK',
      'AWAITING_APPROVAL',
    ] as const;
    const stuck = aSnapshot([aStep(0, { state: 'unknown' })], { state: 'AWAITING_MANUAL' });
    const { ports } = world([stuck, ...states.map((state) => aSnapshot(undefined, { state }))]);
    expect(await status(ports)).toMatchObject({
      activeRecoveries: 3,
      queuedRecoveries: 2,
      awaitingPeople: 2,
      unknownOutcomes: 1,
      postgres: 'ok',
      redis: 'ok',
    });
  });

  test('is answered also while the database is away, and says so', async () => {
    const list = async (): Promise<never> => {
      throw new UserError('unavailable', 'the database does not answer');
    };
    const { ports } = world([], { store: { list }, parts: () => ({ redis: 'down' }) });
    expect(await status(ports)).toMatchObject({
      postgres: 'down',
      redis: 'down',
      services: { redis: { status: 'unknown', recovery: 'IDLE' } },
    });
  });

  test('hides no other failure behind that', async () => {
    const list = async (): Promise<never> => {
      throw new Error('a defect');
    };
    await expect(status(world([], { store: { list } }).ports)).rejects.toThrow('a defect');
  });
});
