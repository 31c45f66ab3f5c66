import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Installation, install } from '../support/reviver.js';
import { NO_APPROVALS } from '../support/scene.js';
import { images, NO_IMAGE, setBroken, setImage, withCluster } from './support/cluster.js';
import { withHealth } from './support/health.js';
import { reason, recover, servicesIn, states } from './support/recoveries.js';

const RUNBOOKS = {
  'keep.yaml': 'id: keep\nsteps: ["take_snapshot: {{ service.name }}"]\n',
  'back.yaml': 'id: back\nsteps: ["restore_snapshot: {{ service.name }}"]\n',
  'start.yaml': 'id: start\nsteps: ["start_service: {{ service.name }}"]\n',
  'pod.yaml': 'id: pod\nsteps: ["kubernetes_delete_pod: {{ service.name }}"]\n',
};
const NAMES = ['hung', 'pod', 'image', 'crash', 'zero', 'size', 'anew', 'climb', 'kept', 'lost'];

const k = withCluster();
const health = withHealth(k);
const database = withDatabase();
const redis = withRedis();
let reviver: Installation;

/** Everything here is done with the rights of deploy/kubernetes/rbac.yaml and no others. */
beforeAll(async () => {
  const KUBECONFIG = await k.kubeconfigOf('reviver', ['reviver', 'reviver-snapshots', 'reviver-discovery']);
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: servicesIn(k.namespace, NAMES, health.url),
    runbooks: RUNBOOKS,
    more: `${NO_APPROVALS}\ndiscovery: { docker: false, gone_after: 1s }`,
  });
  const env = { KUBECONFIG, REVIVER_SECRET_KEY: '11'.repeat(32) };
  await reviver.start('server', ['start', '--role', 'api'], env);
  await reviver.start('worker', ['worker'], env);
}, 90_000);

afterAll(async () => {
  await reviver?.stop();
}, 60_000);

const well = (name: string) =>
  eventually(async () => expect((await fetch(health.url(name))).status).toBe(200), { timeoutMs: 30_000 });

test('a deployment that says of itself that it is a service is brought back, and is none when it is gone', async () => {
  const annotations = { 'reviver.enable': 'true', 'reviver.name': 'said-so', 'reviver.health': health.url('said') };
  await k.deploy('said', { annotations });
  await k.spoil('said');
  const asked = () => reviver.call('POST', '/recover/said-so', { strategy: 'restart', dry_run: true });
  await eventually(async () => expect((await asked()).status).toBe(200), { timeoutMs: 20_000 });
  expect(await recover(reviver, 'said-so', { strategy: 'restart' })).toMatchObject({ state: 'SUCCEEDED' });
  await well('said');
  await k.remove('said');
  await eventually(async () => expect((await asked()).status).toBe(404), { timeoutMs: 30_000 });
}, 180_000);

describe('a deployment', () => {
  test('that hangs is back by a restart', async () => {
    await k.deploy('hung', { replicas: 2 });
    await k.spoil('hung');
    expect(await recover(reviver, 'hung', { strategy: 'restart' })).toMatchObject({ state: 'SUCCEEDED' });
    await well('hung');
  }, 180_000);

  test('of which one pod hangs gets another pod in its place, and keeps the others', async () => {
    await k.deploy('pod', { replicas: 2 });
    await k.spoil('pod', 1);
    const before = await k.pods('pod');
    expect(await recover(reviver, 'pod', { runbook: 'pod' })).toMatchObject({ state: 'SUCCEEDED' });
    const after = (await k.pods('pod')).map(({ metadata }) => metadata.uid);
    expect(before.filter(({ metadata }) => after.includes(metadata.uid))).toHaveLength(1);
  }, 180_000);

  test('with an image that is not there: a restart says why it cannot help, and a rollback brings the old one back', async () => {
    await k.deploy('image', { replicas: 2 });
    const good = images(await k.read('image'));
    await k.edit('image', (found) => setImage(found, NO_IMAGE));
    const failed = await recover(reviver, 'image', { strategy: 'restart' });
    expect(failed.state).toBe('FAILED');
    expect(reason(failed)).toMatch(/pod image-\S+: the image registry\.invalid\S+ cannot be pulled/);
    const ended = await recover(reviver, 'image', { strategy: 'rollback' });
    expect(ended).toMatchObject({ state: 'SUCCEEDED' });
    expect(ended.steps[0].name).toBe('Roll image back to what it ran before');
    expect(images(await k.read('image'))).toEqual(good);
    await well('image');
    const again = await recover(reviver, 'image', { strategy: 'rollback' });
    expect(again.state).not.toBe('SUCCEEDED');
    expect(reason(again)).toMatch(/was rolled back from all of its other revisions .*Nothing was changed/);
    expect(images(await k.read('image'))).toEqual(good);
  }, 420_000);

  test('that crashes again and again since its last change is back by a rollback', async () => {
    await k.deploy('crash');
    await k.edit('crash', (found) => setBroken(found, true));
    await eventually(async () => expect(JSON.stringify(await k.pods('crash'))).toContain('"exitCode":3'), {
      timeoutMs: 60_000,
    });
    expect(await recover(reviver, 'crash', { strategy: 'rollback' })).toMatchObject({ state: 'SUCCEEDED' });
    await well('crash');
  }, 180_000);

  test('that somebody scaled to 0 is started', async () => {
    await k.deploy('zero');
    await k.edit('zero', ({ spec }) => {
      spec.replicas = 0;
    });
    expect(await recover(reviver, 'zero', { strategy: 'restart' })).toMatchObject({ state: 'SUCCEEDED' });
    expect(await k.pods('zero')).not.toEqual([]);
    await k.edit('zero', ({ spec }) => {
      spec.replicas = 0;
    });
    expect(await recover(reviver, 'zero', { runbook: 'start' })).toMatchObject({ state: 'SUCCEEDED' });
    await well('zero');
  }, 180_000);

  test('gets one replica more, and one less', async () => {
    await k.deploy('size');
    expect(await recover(reviver, 'size', { strategy: 'scale_up' })).toMatchObject({ state: 'SUCCEEDED' });
    expect((await k.read('size')).spec.replicas).toBe(2);
    expect(await recover(reviver, 'size', { strategy: 'scale_down' })).toMatchObject({ state: 'SUCCEEDED' });
    expect((await k.read('size')).spec.replicas).toBe(1);
    const refused = await recover(reviver, 'size', { strategy: 'scale_down' });
    expect(reason(refused)).toMatch(/At least 1 must stay/);
  }, 180_000);

  test('whose pods all hang is made anew', async () => {
    await k.deploy('anew', { replicas: 2 });
    await k.spoil('anew');
    expect(await recover(reviver, 'anew', { strategy: 'recreate' })).toMatchObject({ state: 'SUCCEEDED' });
    await well('anew');
  }, 180_000);

  test('that a restart does not help is brought back by the next rung, which passes over the restart', async () => {
    await k.deploy('climb');
    await k.edit('climb', (found) => setImage(found, NO_IMAGE));
    const ended = await recover(reviver, 'climb', { strategy: 'hybrid' });
    expect(ended).toMatchObject({ state: 'SUCCEEDED' });
    expect(states(ended)).toMatchObject({ restart_1: 'failed', rollback_1: 'succeeded', verify: 'succeeded' });
    await well('climb');
  }, 420_000);

  test('is brought back with its configuration as a snapshot kept it, also when all of it was removed', async () => {
    const maps = `/api/v1/namespaces/${k.namespace}/configmaps`;
    const secrets = `/api/v1/namespaces/${k.namespace}/secrets`;
    await k.make(maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept' }, data: { MODE: 'good' } });
    await k.make(secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'kept' },
      stringData: { WORD: 'open' },
    });
    await k.deploy('kept', { configMap: 'kept', secret: 'kept', replicas: 2 });
    expect(await recover(reviver, 'kept', { runbook: 'keep' })).toMatchObject({ state: 'SUCCEEDED' });
    const { body } = await reviver.call('GET', '/snapshots/kept');
    expect(JSON.stringify(body)).toMatch(/deployment \S+\/kept of [^"]+, 2 replicas","ConfigMap kept","Secret kept"/);

    await k.cluster.text('remove', { method: 'DELETE', path: `${maps}/kept` });
    await k.edit('kept', (found) => {
      setImage(found, NO_IMAGE);
      found.spec.replicas = 1;
    });
    expect(await recover(reviver, 'kept', { runbook: 'back' })).toMatchObject({ state: 'SUCCEEDED' });
    await well('kept');
    expect((await k.read('kept')).spec.replicas).toBe(2);
    expect(JSON.parse(await k.cluster.text('read', { path: `${maps}/kept` })).data).toEqual({ MODE: 'good' });

    await k.remove('kept');
    const restored = await recover(reviver, 'kept', { runbook: 'back' });
    expect(`${restored.state} ${reason(restored)}`).toBe('SUCCEEDED ');
    await well('kept');
  }, 420_000);

  test('that somebody removed: what cannot help says what to do', async () => {
    for (const strategy of ['restart', 'rollback', 'recreate']) {
      const failed = await recover(reviver, 'lost', { strategy });
      expect(failed.state).not.toBe('SUCCEEDED');
      expect(reason(failed)).toMatch(/There is no deployment \S+\/lost in the cluster .*restore_snapshot/);
    }
  }, 120_000);
});
