import { describe, expect, test } from '@jest/globals';
import { createEngine } from '../../../src/engine/create-engine.js';
import type { Principal } from '../../../src/engine/model/person.js';
import type { NewEvent } from '../../../src/engine/model/recovery.js';
import { aSnapshot, aStep } from '../../support/builders.js';
import { world } from './use-cases/memory-ports.js';

const VIC: Principal = { name: 'Vic', roles: ['viewer'], human: true, via: 'console' };
const NOBODY: Principal = { ...VIC, name: 'Zoe', roles: [] };

function engineWith(record: (events: NewEvent[]) => Promise<void>) {
  const { ports } = world([aSnapshot([aStep(0)], { id: 12, service: 'redis', state: 'IN_PROGRESS' })], {
    store: { record: async (_id, events) => record(events) },
  });
  return createEngine(ports);
}

describe('an attempt without the role is recorded, whichever surface it came by', () => {
  const attempts: [string, object, (engine: ReturnType<typeof engineWith>) => Promise<unknown>][] = [
    ['recover', { service: 'redis' }, (engine) => engine.recover({ service: 'redis' }, VIC, { platform: 'console' })],
    ['cancel', { recovery: 'R-12' }, (engine) => engine.act(12, 'cancel', VIC)],
    ['mark_done', { recovery: 'R-12' }, (engine) => engine.act(12, 'mark_done', VIC)],
    ['ack', { incident: 3 }, (engine) => engine.acknowledge(3, VIC)],
    ['plan', { service: 'redis' }, (engine) => engine.plan({ service: 'redis' }, NOBODY)],
  ];

  test.each(attempts)('%s', async (what, facts, attempt) => {
    const recorded: NewEvent[] = [];
    const engine = engineWith(async (events) => void recorded.push(...events));
    await expect(attempt(engine)).rejects.toMatchObject({ code: 'forbidden' });
    expect(recorded).toEqual([
      expect.objectContaining({
        kind: 'request.refused',
        data: expect.objectContaining({ what, via: 'console', ...facts }),
      }),
    ]);
  });

  test('a record that fails lets nothing through', async () => {
    const engine = engineWith(async () => {
      throw new Error('the database is gone');
    });
    await expect(engine.act(12, 'cancel', VIC)).rejects.toMatchObject({ code: 'forbidden' });
  });
});
