import { afterEach, expect, test } from '@jest/globals';
import { type Discovery, startDiscovery } from '../../src/engine/discovery/discovery.js';
import { createDockerEngine } from '../../src/engine/runtimes/docker/engine.js';
import { type Clusters, createClusters } from '../../src/engine/runtimes/kubernetes/cluster.js';
import { aService } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { startTcpProxy } from '../support/tcp-proxy.js';
import { serverAddress, withCluster } from './support/cluster.js';

const k = withCluster();
const started: Discovery[] = [];
let lines: string[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop()));
}, 60_000);

function discover(clusters: Clusters, over: Partial<Parameters<typeof startDiscovery>[0]> = {}) {
  lines = [];
  const one = startDiscovery({
    services: [aService('file')],
    strategies: ['restart', 'rollback'],
    docker: createDockerEngine('unix:///nowhere/docker.sock'),
    dockerExpected: false,
    clusters: new Map([[undefined, clusters()]]),
    log: (level, message, facts) => lines.push(`${level} ${message} ${JSON.stringify(facts ?? {})}`),
    goneAfterMs: 0,
    intervalMs: 15_000,
    activeTargets: async () => [],
    // So that only what is followed can be what is noticed.
    resyncMs: 600_000,
    ...over,
  });
  started.push(one);
  // Others in the cluster may be services, too.
  const ours = () => one.directory.all().filter(({ kubernetes }) => kubernetes?.namespace === k.namespace);
  return { ...one, ours, names: () => ours().map(({ name }) => name) };
}

const ENABLED = { 'reviver.enable': 'true' };

test('workloads with the label or the annotation are services, with what else is written on them', async () => {
  await k.deploy('by-label', { labels: { ...ENABLED, 'reviver.criticality': 'high' } });
  await k.deploy('by-annotation', {
    kind: 'statefulset',
    annotations: { ...ENABLED, 'reviver.health': 'http://127.0.0.1:1/health', 'reviver.depends_on': 'by-label' },
  });
  await k.deploy('not', { annotations: { 'reviver.enable': 'false' } });
  const { first, ours } = discover(createClusters(k.kubeconfig));
  await first;
  expect(ours()).toMatchObject([
    {
      name: 'by-annotation',
      runtime: 'kubernetes',
      kubernetes: { namespace: k.namespace, kind: 'statefulset', name: 'by-annotation' },
      health: [{ type: 'http' }],
      dependsOn: ['by-label'],
    },
    { name: 'by-label', runtime: 'kubernetes', criticality: 'high' },
  ]);
}, 90_000);

test('they come and go as they are made, changed and removed; those of the file win', async () => {
  const place = { namespace: k.namespace, kind: 'deployment' as const, name: 'by-label' };
  const { first, names } = discover(createClusters(k.kubeconfig), {
    services: [aService('mine', { runtime: 'kubernetes', kubernetes: place })],
  });
  await first;
  expect(names()).toEqual(['mine', 'by-annotation']);
  await k.deploy('came', { annotations: ENABLED });
  await eventually(() => expect(names()).toEqual(['mine', 'by-annotation', 'came']));
  await k.edit('came', ({ metadata }) => {
    metadata.annotations['reviver.name'] = 'shop';
  });
  await eventually(() => expect(names()).toEqual(['mine', 'by-annotation', 'shop']));
  await k.remove('came');
  await eventually(() => expect(names()).toEqual(['mine', 'by-annotation']));
}, 90_000);

test('what is wrong with one is told once, by its place', async () => {
  await k.deploy('wrong', { annotations: { ...ENABLED, 'reviver.strategies': 'restrat' } });
  const { first, names } = discover(createClusters(k.kubeconfig), { resyncMs: 200 });
  await first;
  await eventually(() => expect(names()).toContain('by-label'));
  const told = lines.filter((line) => line.includes('/wrong'));
  expect(told).toEqual([expect.stringContaining(`"container":"deployment ${k.namespace}/wrong"`)]);
  expect(told[0]).toContain('reviver.strategies is not one of restart, rollback');
}, 90_000);

test('holds what it knows while the cluster is away, and follows it again when it is back', async () => {
  const proxy = await startTcpProxy(await serverAddress());
  const file = await k.kubeconfigOf('looker', ['reviver-discovery'], `https://127.0.0.1:${proxy.port}`);
  try {
    // Of the whole cluster it may see nothing: it looks in the namespace of its own context.
    const { first, names } = discover(createClusters(file), { resyncMs: 1_000 });
    await first;
    expect(names()).toEqual(['by-annotation', 'by-label']);
    proxy.blackHole();
    await eventually(() => expect(lines.join('\n')).toContain('cannot be looked at'), { timeoutMs: 30_000 });
    await k.deploy('after', { annotations: ENABLED });
    expect(names()).toEqual(['by-annotation', 'by-label']);
    proxy.heal();
    await eventually(() => expect(names()).toEqual(['after', 'by-annotation', 'by-label']), { timeoutMs: 40_000 });
    expect(lines.join('\n')).toContain('answers again');
  } finally {
    await proxy.close();
  }
}, 120_000);
