import { expect, test } from '@jest/globals';
import { acquire } from '../../../src/engine/recovery/lease-moves.js';
import { type Move, move } from '../../../src/engine/recovery/move.js';
import { settle } from '../../../src/engine/recovery/settle.js';
import { begin, fail } from '../../../src/engine/recovery/step-moves.js';
import type { UndoOf } from '../../../src/engine/recovery/undo.js';
import { aDraft, aWorker, withStore } from './open-store.js';

const opened = withStore();
const undoOf: UndoOf = () => ({
  action: 'start_service',
  input: { service: 'redis' },
  timeoutMs: 1,
  idempotent: false,
});

async function stored(made: Move) {
  expect(await opened.store.commit(made)).toMatchObject({ ok: true });
  const snapshot = await opened.store.load(made.after.recovery.id);
  if (!snapshot) throw new Error('it is gone');
  return snapshot;
}

test('an undo step that begins in the very commit that adds it is stored as begun: its worker may die the next moment', async () => {
  const now = new Date();
  await opened.registry.join(aWorker('w1'));
  const { recovery } = await opened.store.create(aDraft('redis'));
  const made = await opened.store.load(recovery.id);
  if (!made) throw new Error('it is gone');
  const running = await stored(begin(acquire(move(made), aWorker('w1'), now), 0, {}, now));
  const turned = settle(fail(move(running), 0, { code: 'action_failed', message: 'refused' }, now), undoOf, now);
  const { steps } = await stored(begin(turned, 1, { pid: 4711 }, now));
  expect(steps[1]).toMatchObject({
    kind: 'undo',
    undoes: 0,
    state: 'running',
    attempts: 1,
    startedAt: now,
    before: { pid: 4711 },
  });
});
