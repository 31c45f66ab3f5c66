import { expect, test } from '@jest/globals';
import { createWaitForEnd } from '../../../src/api/wait-for-end.js';
import { MemoryEngine } from '../../support/api-engine.js';
import { eventually } from '../../support/eventually.js';

const ANN = { name: 'Ann', roles: ['responder' as const], human: true, via: 'api' };
const FOREVER = new AbortController().signal;

/** One that runs, and a wait for ends of it. */
async function running() {
  const engine = new MemoryEngine();
  const { snapshot } = await engine.recover({ service: 'web' }, ANN, { platform: 'api' });
  let looks = 0;
  const view = (id: number) => {
    looks += 1;
    return engine.view(id);
  };
  const wait = createWaitForEnd({ view }, engine.subscribe);
  return { engine, id: snapshot.recovery.id, wait, looks: () => looks };
}

test('ends with the recovery, for all who wait, and then listens no more', async () => {
  const { engine, id, wait, looks } = await running();
  const waits = [wait(id, 10_000, FOREVER), wait(id, 10_000, FOREVER), wait(id, 10_000, FOREVER)];
  await eventually(() => expect(engine.listening).toBe(1));
  await engine.act(id, 'cancel', ANN);
  for (const view of await Promise.all(waits)) expect(view.recovery.state).toBe('CANCELLED');
  expect(engine.listening).toBe(0);
  expect(looks()).toBeLessThan(5);
});

test('ends where people are asked, since nobody knows how long they take', async () => {
  const { engine, wait } = await running();
  const { snapshot } = await engine.recover({ service: 'redis' }, ANN, { platform: 'api' });
  expect((await wait(snapshot.recovery.id, 10_000, FOREVER)).recovery.state).toBe('AWAITING_APPROVAL');
});

test('ends after its time, and when the client is gone, with the recovery as it is', async () => {
  const { engine, id, wait } = await running();
  expect((await wait(id, 20, FOREVER)).recovery.state).toBe('IN_PROGRESS');
  const gone = new AbortController();
  const waiting = wait(id, 10_000, gone.signal);
  await eventually(() => expect(engine.listening).toBe(1));
  gone.abort();
  expect((await waiting).recovery.state).toBe('IN_PROGRESS');
  expect(engine.listening).toBe(0);
});

test('a recovery that is not there is told', async () => {
  const { wait, engine } = await running();
  await expect(wait(99, 10_000, FOREVER)).rejects.toThrow('R-99');
  expect(engine.listening).toBe(0);
});
