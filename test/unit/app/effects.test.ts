import { beforeEach, describe, expect, test } from '@jest/globals';
import { effectSends } from '../../../src/app/effects.js';
import { UserError } from '../../../src/engine/model/errors.js';
import type { NewEffect } from '../../../src/engine/model/recovery.js';
import { createFakeEngine, type FakeEngine, PEOPLE } from '../../support/fake-engine.js';
import { recoveryView } from '../../support/recovery-view.js';
import { world } from '../engine/use-cases/memory-ports.js';

let engine: FakeEngine;
let recorded: NewEffect[];
beforeEach(() => {
  engine = createFakeEngine();
  recorded = [];
  engine.put(recoveryView({ recovery: { id: 1, requestedBy: 'Ann', state: 'CANCELLED' } }));
});

function send(kind: string, payload: object): Promise<unknown> {
  const { ports } = world([], {
    store: { record: async (_id, _events, effects = []) => void recorded.push(...effects) },
  });
  const one = effectSends(engine, { ...ports, people: PEOPLE }).get(kind);
  if (!one) throw new Error(`nothing sends ${kind}`);
  return one({ id: 1, key: 'k', kind, payload, attempts: 1 });
}
const replan = () => send('recovery.replan', { recovery: 1, changed: 'redis was running' });

describe('a plan that changed after it was approved', () => {
  test('is planned and asked anew, for whoever asked for it', async () => {
    await replan();
    expect(engine.calls).toEqual(['retry R-1 by Ann']);
  });

  test('is not asked twice when the effect is sent twice: each time under its own key', async () => {
    const requests: unknown[] = [];
    engine.act = async (id, _verb, _who, said) => {
      requests.push(said);
      return { message: '', view: await engine.view(id) };
    };
    await replan();
    await replan();
    expect(requests).toEqual([{ request: 'k' }, { request: 'k' }]);
  });

  test('is not, when somebody has started another recovery meanwhile', async () => {
    engine.act = () => Promise.reject(new UserError('conflict', 'R-2 is under way for redis.', { recovery: 'R-2' }));
    await replan();
    expect(recorded).toEqual([]);
  });

  test.each([
    ['not_found', 'No runbook "redis_outage".'],
    ['conflict', 'There is no backup redis_backup.'],
  ] as const)('and cannot be planned any more (%s) is told in its thread', async (code, message) => {
    engine.act = () => Promise.reject(new UserError(code, message));
    await replan();
    expect(recorded).toMatchObject([
      {
        key: 'k:chat',
        payload: { recovery: 1, text: expect.stringContaining(`R-1 could not be planned anew: ${message}`) },
      },
    ]);
  });

  test('is tried again when that failed', async () => {
    engine.act = () => Promise.reject(new Error('the database is away'));
    await expect(replan()).rejects.toThrow('the database is away');
  });
});
