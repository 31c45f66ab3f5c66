import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ActionError } from '../../src/engine/actions/action.js';
import { BUILT_IN_ACTIONS } from '../../src/engine/actions/actions.js';
import type { JsonObject } from '../../src/engine/model/json.js';
import { createClusters } from '../../src/engine/runtimes/kubernetes/cluster.js';
import type { Kind } from '../../src/engine/runtimes/kubernetes/place.js';
import type { Runtime } from '../../src/engine/runtimes/runtime.js';
import { createRuntimes } from '../../src/engine/runtimes/runtimes.js';
import { aService } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { contextWith } from '../unit/engine/actions/context.js';
import { images, NO_IMAGE, setBroken, setImage, withCluster } from './support/cluster.js';

const k = withCluster();
const clusters = createClusters(k.kubeconfig);
let steps = 0;

const soon = () => AbortSignal.timeout(60_000);

function serviceOf(name: string, kind: Kind) {
  return aService(name, { runtime: 'kubernetes', kubernetes: { namespace: k.namespace, kind, name } });
}

function runtimeOf(name: string, kind: Kind = 'deployment'): Runtime {
  return createRuntimes(() => [serviceOf(name, kind)], { dataDir: '/nowhere', clusters })(name);
}

/** One step, as the engine does it: the look, the run, and what a probe says before and after. */
function aStep(action: string, input: JsonObject & { service: string }, kind: Kind = 'deployment') {
  steps += 1;
  const service = serviceOf(input.service, kind);
  const lines: string[] = [];
  const runtime = createRuntimes(() => [service], { dataDir: '/nowhere', clusters });
  const ctx = contextWith({
    clusters,
    runtime,
    service: () => service,
    mark: `R-1/${steps}@test`,
    signal: soon(),
    log: (line) => lines.push(line),
  });
  const found = BUILT_IN_ACTIONS.get(action);
  if (!found) throw new Error(`no action ${action}`);
  return {
    lines,
    look: async () => (await found.look?.(input, ctx)) ?? {},
    run: (before: JsonObject = {}) => found.run(input, ctx, before),
    probe: async (before: JsonObject) => found.probe?.(input, before, ctx),
    preview: async () => found.preview?.(input, ctx),
    inverse: (before: JsonObject) => found.inverse?.(input, before),
  };
}

const messageOf = (error: unknown): string => {
  if (!(error instanceof ActionError)) throw error;
  return error.message;
};
const failure = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'it succeeded', messageOf);

const uids = async (name: string): Promise<string[]> =>
  (await k.pods(name))
    .filter(({ metadata }) => !metadata.deletionTimestamp)
    .map(({ metadata }) => metadata.uid)
    .sort();

describe.each<[Kind, number]>([
  ['deployment', 2],
  ['statefulset', 2],
  ['daemonset', 1],
])('a %s', (kind, size) => {
  const name = `all-${kind}`;

  test('says what it is, and what of it is there', async () => {
    await k.deploy(name, { kind, replicas: size });
    expect(await runtimeOf(name, kind).status()).toMatchObject({
      status: 'running',
      instance: expect.stringMatching(/^[0-9a-f]{16}$/),
      summary: `${kind} ${k.namespace}/${name} (${size} of ${size} ${size === 1 ? 'pod' : 'pods'} ready)`,
      facts: { desired: size, ready: size },
    });
    expect(await runtimeOf(name, kind).logs(5)).toEqual(['started ']);
    expect(await runtimeOf(`no-${name}`, kind).status()).toMatchObject({ status: 'missing', instance: null });
  }, 90_000);

  test('stops, remembers its size, and starts with it', async () => {
    const runtime = runtimeOf(name, kind);
    const stopped = await runtime.stop(soon());
    expect(stopped).toMatchObject({ status: 'stopped', instance: null });
    expect(await k.pods(name)).toEqual([]);
    expect(await runtime.stop(soon())).toEqual(stopped);
    expect(await runtime.start(soon())).toMatchObject({ status: 'running', facts: { desired: size } });
    expect(await k.pods(name)).toHaveLength(size);
  }, 120_000);

  test('is restarted pod by pod, once a step', async () => {
    const step = aStep('restart_service', { service: name }, kind);
    const before = await step.look();
    const old = await uids(name);
    expect(await step.probe(before)).toMatchObject({ outcome: 'not_done' });
    await step.run(before);
    const now = await uids(name);
    expect(now.filter((uid) => old.includes(uid))).toEqual([]);
    expect(await step.probe(before)).toMatchObject({ outcome: 'done' });
    await step.run(before);
    expect(await uids(name)).toEqual(now);
  }, 120_000);

  test('is made anew all at once, once a step', async () => {
    await k.spoil(name);
    const step = aStep('recreate_service', { service: name }, kind);
    const before = await step.look();
    const old = await uids(name);
    await step.run(before);
    const now = await uids(name);
    expect(now.filter((uid) => old.includes(uid))).toEqual([]);
    expect(await step.probe(before)).toMatchObject({ outcome: 'done' });
    await step.run(before);
    expect(await uids(name)).toEqual(now);
  }, 120_000);

  test('is rolled back from an image that is not there, and back again by the inverse', async () => {
    const [good] = images(await k.read(name, kind));
    await k.edit(name, (found) => setImage(found, NO_IMAGE), kind);
    await eventually(async () => expect(JSON.stringify(await k.pods(name))).toMatch(/ErrImagePull|ImagePullBackOff/), {
      timeoutMs: 60_000,
    });
    const step = aStep('kubernetes_rollout_undo', { service: name }, kind);
    const before = await step.look();
    expect(await step.preview()).toMatch(new RegExp(`would bring revision \\d+ \\(${good}\\)`));
    await step.run(before);
    expect(images(await k.read(name, kind))).toEqual([good]);
    expect(await step.probe(before)).toMatchObject({ outcome: 'done' });
    expect(await step.run(before)).toMatchObject({ instance: expect.any(String) });
    expect(step.inverse(before)).toEqual({
      action: 'kubernetes_rollout_undo',
      input: { service: name, to_revision: before.revision },
    });
    expect(await failure(aStep('kubernetes_rollout_undo', { service: name }, kind).run())).toMatch(
      /was rolled back from all of its other revisions .*Nothing was changed/,
    );
  }, 180_000);
});

describe('why pods do not come', () => {
  test('an image that cannot be pulled is named', async () => {
    await k.deploy('no-image', { image: NO_IMAGE });
    const said = await failure(runtimeOf('no-image').start(soon()));
    expect(said).toMatch(/0 of 1 pod running; pod no-image-\S+: the image registry\.invalid\S+ cannot be pulled \(/);
  }, 90_000);

  test('a container that ends again and again is told with its exit code', async () => {
    await k.deploy('crashing', { broken: true });
    const signal = AbortSignal.timeout(120_000);
    const said = await failure(runtimeOf('crashing').restart?.(signal, 'R-1/1@crash') ?? Promise.resolve());
    expect(said).toMatch(/its container main ends again and again \(exit code 3\)/);
    expect(await runtimeOf('crashing').logs(3)).toEqual(['started yes']);
  }, 150_000);

  test('a pod that no node can take says what is missing, when the time is over', async () => {
    await k.deploy('picky');
    await k.edit('picky', ({ spec }) => {
      spec.template.spec.nodeSelector = { 'reviver.test': 'nowhere' };
    });
    const said = await failure(
      runtimeOf('picky').restart?.(AbortSignal.timeout(8_000), 'R-1/1@picky') ?? Promise.resolve(),
    );
    expect(said).toMatch(/no node can take it \(Unschedulable: .*node/);
  }, 90_000);

  test('a pod that is not ready says what its check answered', async () => {
    await k.deploy('slow');
    await k.edit('slow', ({ spec }) => {
      for (const container of spec.template.spec.containers)
        Object.assign(container, { readinessProbe: { exec: { command: ['cat', '/nothing'] }, periodSeconds: 1 } });
    });
    const said = await failure(
      runtimeOf('slow').restart?.(AbortSignal.timeout(10_000), 'R-1/1@slow') ?? Promise.resolve(),
    );
    expect(said).toMatch(/1 pod.*Unhealthy: Readiness probe failed: .*\/nothing/s);
  }, 90_000);
});

test('a snapshot is brought back around the data that pods have, which cannot be laid into them', async () => {
  await k.deploy('around');
  const folder = await mkdtemp(join(tmpdir(), 'around-'));
  const { snapshot } = runtimeOf('around');
  await snapshot?.capture(folder, soon());
  await k.edit('around', (found) => setImage(found, NO_IMAGE));
  await snapshot?.restoreAround?.(folder, soon(), 'R-1/1@around');
  expect(images(await k.read('around'))).not.toContain(NO_IMAGE);
  const { resourceVersion } = (await k.read('around')).metadata;
  const laidOver = snapshot?.restore(folder, soon(), 'R-1/2@around', { at: '/data', folder });
  expect(await failure(laidOver ?? Promise.resolve())).toMatch(/cannot be laid into its pods. Nothing was changed/);
  expect((await k.read('around')).metadata.resourceVersion).toBe(resourceVersion);
}, 90_000);

describe('actions', () => {
  test('a rollback passes over restarts: it goes back to what was different', async () => {
    await k.deploy('twice');
    const [good] = images(await k.read('twice'));
    await k.edit('twice', (found) => setBroken(found, true));
    await aStep('kubernetes_rollout_restart', { service: 'twice' }).run().catch(messageOf);
    const step = aStep('kubernetes_rollout_undo', { service: 'twice' });
    const before = await step.look();
    expect(before).toMatchObject({ revision: 3, target: 1 });
    await step.run(before);
    expect(images(await k.read('twice'))).toEqual([good]);
  }, 180_000);

  test('a rollback of what was never changed is refused, and nothing is changed', async () => {
    await k.deploy('first');
    const { resourceVersion } = (await k.read('first')).metadata;
    expect(await failure(aStep('kubernetes_rollout_undo', { service: 'first' }).run())).toMatch(
      /has no earlier revision.*Nothing was changed/,
    );
    expect(await failure(aStep('kubernetes_rollout_undo', { service: 'first', to_revision: 7 }).run())).toMatch(
      /knows no revision 7/,
    );
    expect((await k.read('first')).metadata.resourceVersion).toBe(resourceVersion);
  }, 90_000);

  test('a scale is told done by what the cluster was asked for, and its inverse is the size from before', async () => {
    const step = aStep('kubernetes_scale', { service: 'first', replicas: 3 });
    const before = await step.look();
    expect(await step.preview()).toMatch(/would scale .* from 1 to 3 replicas/);
    expect(await step.probe(before)).toMatchObject({ outcome: 'not_done' });
    expect(await step.run(before)).toMatchObject({ summary: 'from 1 to 3 replicas' });
    expect(await k.pods('first')).toHaveLength(3);
    expect(await step.probe(before)).toMatchObject({ outcome: 'done' });
    expect(step.inverse(before)).toEqual({ action: 'kubernetes_scale', input: { service: 'first', replicas: 1 } });
    await aStep('kubernetes_scale', { service: 'first', replicas: 0 }).run();
    expect(await k.pods('first')).toEqual([]);
    expect(await failure(aStep('kubernetes_rollout_restart', { service: 'first' }).run())).toMatch(/is stopped/);
    await aStep('restart_service', { service: 'first' }).run();
    expect(await k.pods('first')).toHaveLength(3);
  }, 120_000);

  test('the worst pod is deleted, never a second one, and never one that is well', async () => {
    expect(await failure(aStep('kubernetes_delete_pod', { service: 'first' }).run())).toMatch(/none is the worst/);
    await k.spoil('first', 1);
    const [ill] = (await k.pods('first')).filter((one) =>
      JSON.stringify(one.status.conditions).includes('ContainersNotReady'),
    );
    const step = aStep('kubernetes_delete_pod', { service: 'first' });
    expect(await step.preview()).toMatch(
      new RegExp(`would delete pod ${ill?.metadata.name} \\(not ready.*; 2 other pods are ready`),
    );
    const before = await step.look();
    expect(before).toMatchObject({ pod: ill?.metadata.name });
    await step.run(before);
    const now = await uids('first');
    expect(now).not.toContain(ill?.metadata.uid);
    expect(await step.probe(before)).toMatchObject({ outcome: 'done' });
    await step.run(before);
    expect(await uids('first')).toEqual(now);
    expect(await failure(aStep('kubernetes_delete_pod', { service: 'first', pod: 'other' }).run())).toMatch(
      /has no pod other; it has first-/,
    );
  }, 120_000);
});
