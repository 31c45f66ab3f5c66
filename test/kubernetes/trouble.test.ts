import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, freePort, withDatabase, withRedis } from '../support/index.js';
import { type Answer, type Installation, install, type Running } from '../support/reviver.js';
import { NO_APPROVALS } from '../support/scene.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { serverAddress, withCluster } from './support/cluster.js';
import { withHealth } from './support/health.js';
import { begin, reason, recover, servicesIn, settled } from './support/recoveries.js';

const NAMES = ['asked', 'intent', 'done', 'anew', 'back', 'blind', 'early', 'denied'];

const k = withCluster();
const health = withHealth(k);
const database = withDatabase();
const redis = withRedis();
let reviver: Installation;
let standby: Running;
let proxy: TcpProxy;
let env: Record<string, string>;

beforeAll(async () => {
  proxy = await startTcpProxy(await serverAddress());
  const KUBECONFIG = await k.kubeconfigOf('reviver', ['reviver'], `https://127.0.0.1:${proxy.port}`);
  const KUBECONFIG_OF_NOBODY = await k.kubeconfigOf('nobody', []);
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: servicesIn(k.namespace, NAMES, health.url),
    more: `${NO_APPROVALS}\npools: [default, nobody]\n`,
    runbooks: {
      'as-nobody.yaml':
        'id: as_nobody\nsteps: [{ action: restart_service, with: { service: denied }, pool: nobody }]\n',
    },
  });
  env = { KUBECONFIG };
  await reviver.start('server', ['start', '--role', 'api'], env);
  standby = await reviver.start('standby', ['worker', '--pool', 'default'], env);
  await reviver.start('nobody', ['worker', '--pool', 'nobody'], { KUBECONFIG: KUBECONFIG_OF_NOBODY });
}, 90_000);

afterAll(async () => {
  await reviver?.stop();
  await proxy?.close();
}, 60_000);

/** Resolves when the mark of a step stands in the object: the cluster was asked, and has not done it yet. */
const marked = (name: string): Promise<void> =>
  eventually(async () => expect((await k.read(name)).metadata.annotations['reviver.made_by']).toMatch(/^R-\d+\/0@/), {
    timeoutMs: 30_000,
    everyMs: 10,
  });

/** How many templates it has had. */
async function rollouts(name: string): Promise<number> {
  const path = `/apis/apps/v1/namespaces/${k.namespace}/replicasets`;
  const { items } = JSON.parse(await k.cluster.text('list', { path, query: { labelSelector: `app=${name}` } }));
  return items.length;
}

/** A worker that is killed here has the recovery; then another one takes over. */
async function crash(name: string, strategy: string, at: { point: string } | 'asked'): Promise<Answer> {
  await k.deploy(name);
  standby.kill('SIGSTOP');
  const point: Record<string, string> = at === 'asked' ? {} : { REVIVER_CRASH_POINT: at.point };
  const doomed = await reviver.start(`doomed-${name}`, ['worker', '--pool', 'default'], { ...env, ...point });
  const id = await begin(reviver, name, { strategy });
  if (at === 'asked') {
    await marked(name);
    doomed.kill('SIGKILL');
  }
  const ended = await doomed.ended;
  standby.kill('SIGCONT');
  expect(ended).toBe('SIGKILL');
  return settled(reviver, id);
}

describe('a worker that is killed', () => {
  test('after it asked for a restart leaves one rollout, which the next worker waits for', async () => {
    expect(await crash('asked', 'restart', 'asked')).toMatchObject({ state: 'SUCCEEDED' });
    expect(await rollouts('asked')).toBe(2);
  }, 180_000);

  test('before it asked for anything leaves a restart that was not done, and is', async () => {
    expect(await crash('intent', 'restart', { point: 'after_intent:0' })).toMatchObject({ state: 'SUCCEEDED' });
    expect(await rollouts('intent')).toBe(2);
  }, 180_000);

  test('when all of it was done leaves nothing to do', async () => {
    const ended = await crash('done', 'restart', { point: 'before_commit:0' });
    expect(ended).toMatchObject({ state: 'SUCCEEDED' });
    expect(await rollouts('done')).toBe(2);
  }, 180_000);

  test('while pods are made anew leaves new ones, each made once', async () => {
    expect(await crash('anew', 'recreate', 'asked')).toMatchObject({ state: 'SUCCEEDED' });
    expect(await rollouts('anew')).toBe(1);
    expect(await k.pods('anew')).toHaveLength(1);
  }, 180_000);
});

describe('an API server that goes away', () => {
  test('in the middle of a restart, and comes back, is waited for', async () => {
    await k.deploy('back');
    const id = await begin(reviver, 'back', { strategy: 'restart' });
    await marked('back');
    proxy.blackHole();
    // Longer than a rollout takes: it ends while nobody can see it.
    await eventually(async () => expect((await fetch(health.url('back'))).status).toBe(200), { timeoutMs: 60_000 });
    proxy.heal();
    expect(await settled(reviver, id)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await rollouts('back')).toBe(2);
  }, 180_000);

  test('and stays away leaves a question with what is known, and nothing is done twice when people let it go on', async () => {
    await k.deploy('blind');
    const id = await begin(reviver, 'blind', { strategy: 'restart' });
    await marked('blind');
    proxy.blackHole();
    const waiting = await settled(reviver, id).finally(proxy.heal);
    expect(waiting.state).toBe('AWAITING_MANUAL');
    expect(waiting.steps[0]).toMatchObject({
      state: 'unknown',
      error: { message: expect.stringMatching(/did not answer in time\. What it was asked before may be done/) },
    });
    expect((await reviver.call('POST', `/recoveries/${id}/retry`)).status).toBe(200);
    await eventually(
      async () => expect((await reviver.call('GET', `/recoveries/${id}`)).body.state).toBe('SUCCEEDED'),
      { timeoutMs: 60_000 },
    );
    expect(await rollouts('blind')).toBe(2);
  }, 240_000);

  test('before anything was asked: the recovery has failed, and says that the cluster cannot be reached', async () => {
    const nowhere = await freePort();
    const KUBECONFIG = await k.kubeconfigOf('far', ['reviver'], `https://127.0.0.1:${nowhere}`);
    standby.kill('SIGSTOP');
    const lost = await reviver.start('lost', ['worker', '--pool', 'default'], { KUBECONFIG });
    try {
      const failed = await recover(reviver, 'early', { strategy: 'restart' });
      expect(failed.state).toBe('FAILED');
      expect(reason(failed)).toMatch(
        /The cluster https:\/\/127\.0\.0\.1:\d+ cannot be reached \(nothing answers there\)/,
      );
    } finally {
      lost.kill('SIGTERM');
      await lost.ended;
      standby.kill('SIGCONT');
    }
  }, 120_000);
});

test('without the right to do it people are told which one is missing, and nothing was changed', async () => {
  await k.deploy('denied');
  const { resourceVersion } = (await k.read('denied')).metadata;
  const failed = await recover(reviver, 'denied', { runbook: 'as_nobody' });
  expect(failed.state).toBe('FAILED');
  expect(reason(failed)).toMatch(
    /Reviver may not read deployment \S+\/denied: .* cannot get resource "deployments" .*deploy\/kubernetes\/rbac\.yaml/,
  );
  expect((await k.read('denied')).metadata.resourceVersion).toBe(resourceVersion);
}, 120_000);
