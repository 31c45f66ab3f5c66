import { describe, expect, test } from '@jest/globals';
import type { Action } from '../../../../src/engine/actions/action.js';
import type { Lease } from '../../../../src/engine/recovery/lease.js';
import { drive, type RunnerPorts } from '../../../../src/engine/recovery/runner.js';
import { anAction, aPlannedStep } from '../../../support/builders.js';
import { contextWith } from '../../../unit/engine/actions/context.js';
import { aDraft, aWorker, withStore } from '../../store/open-store.js';

const on = withStore();

/** A recovery of one step, driven by hand. */
async function driven(service: string, lease: Lease, run: Action['run']) {
  const worker = aWorker(`worker of ${service}`);
  await on.registry.join(worker);
  const { recovery } = await on.store.create(
    aDraft(service, {}, { steps: [aPlannedStep('only', { rollback: null })] }),
  );
  const snapshot = await on.store.load(recovery.id);
  if (!snapshot) throw new Error('it is not there');
  const action = anAction('counted', { run });
  const ports: RunnerPorts = {
    worker,
    store: on.store,
    dispatcher: { wake() {}, changed() {}, cancel() {} },
    now: () => new Date(),
    hands: () => ({ action: () => action, context: (_step, signal) => contextWith({ signal }) }),
    undoOf: () => undefined,
    gate: async () => ({ pass: true }),
    oldProcesses: async () => 'gone',
    reach() {},
    log() {},
  };
  const one = drive({ snapshot }, ports, lease, new AbortController().signal);
  const story = async () => (await on.store.events(recovery.id)).map(({ kind }) => kind);
  return { ...one, story, load: () => on.store.load(recovery.id) };
}

describe('a lease', () => {
  test('that was over when the intent was stored: the effect waits until it is renewed', async () => {
    const answers = [true, false];
    const lease: Lease = {
      holds: () => answers.shift() ?? true,
      renewed: () => Promise.reject(new Error('it holds again by itself')),
    };
    let runs = 0;
    const { done, story } = await driven('late', lease, async () => {
      runs += 1;
      return {};
    });
    await done;
    expect(runs).toBe(1);
    expect((await story()).filter((kind) => kind.startsWith('step.'))).toEqual([
      'step.started',
      'step.not_done',
      'step.started',
      'step.succeeded',
    ]);
  });

  test('that is never renewed: nothing begins, and the worker can leave', async () => {
    const lease: Lease = {
      holds: () => false,
      renewed: (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    };
    const { done, abandon, story } = await driven('never', lease, () => Promise.reject(new Error('it must not run')));
    abandon();
    await done;
    expect(await story()).toEqual(['recovery.created']);
  });
});
