import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll } from '@jest/globals';
import { Exec, KubeConfig } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { type Cluster, createClusters } from '../../../src/engine/runtimes/kubernetes/cluster.js';
import { KINDS, type Kind } from '../../../src/engine/runtimes/kubernetes/place.js';
import { type Pod, pod } from '../../../src/engine/runtimes/kubernetes/pod-schema.js';
import { listOf, type Workload, workload } from '../../../src/engine/runtimes/kubernetes/schema.js';
import { eventually } from '../../support/eventually.js';

/** The cluster of KUBECONFIG, as somebody who may do everything, and a namespace of this test file in it. */
export interface TestCluster {
  readonly kubeconfig: string;
  readonly cluster: Cluster;
  readonly namespace: string;
  /** Makes any object. */
  make(path: string, object: object): Promise<void>;
  /** Makes a workload and waits until all of its pods are ready. */
  deploy(name: string, how?: Deployment): Promise<void>;
  read(name: string, kind?: Kind): Promise<Workload>;
  edit(name: string, edit: (found: Workload) => void, kind?: Kind): Promise<void>;
  remove(name: string, kind?: Kind): Promise<void>;
  pods(name: string): Promise<Pod[]>;
  /** Runs a program in a pod. */
  exec(podName: string, ...command: string[]): Promise<void>;
  /** Makes the pods hang: they run, and are not ready any more. */
  spoil(name: string, count?: number): Promise<void>;
  /** A kubeconfig for a service account of the namespace, with the roles of deploy/kubernetes/rbac.yaml that are named. */
  kubeconfigOf(account: string, roles: readonly string[], server?: string): Promise<string>;
}

export interface Deployment {
  kind?: Kind;
  replicas?: number;
  image?: string;
  broken?: boolean;
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
  configMap?: string;
  secret?: string;
}

export const IMAGE = process.env.REVIVER_TEST_IMAGE ?? 'busybox';
export const NO_IMAGE = 'registry.invalid/reviver/none:1';

/** Ready as long as its file is there; ends at once when it is told to be broken. */
const PROGRAM = `trap 'exit 0' TERM; echo "started $BROKEN"; [ -n "$BROKEN" ] && exit 3; touch /tmp/ready; while :; do sleep 0.1; done`;

const given = process.env.KUBECONFIG;
if (!given)
  throw new Error(
    'The tests of Kubernetes need a cluster: set KUBECONFIG to the file that kubectl uses (such as that of kind), and REVIVER_TEST_IMAGE to an image with a shell that its nodes have or can pull (default: busybox).',
  );
const kubeconfig = given;
const anything = z.looseObject({});

export function withCluster(): TestCluster {
  const cluster = createClusters(kubeconfig)();
  const namespace = `reviver-test-${randomBytes(4).toString('hex')}`;
  const base = `/apis/apps/v1/namespaces/${namespace}`;
  const pathOf = (name: string, kind: Kind) => `${base}/${KINDS[kind].plural}/${name}`;
  const read = (name: string, kind: Kind = 'deployment') =>
    cluster.ask(`read ${name}`, { path: pathOf(name, kind) }, workload);
  const make = async (path: string, body: object) =>
    void (await cluster.ask(`make ${path}`, { method: 'POST', path, body }, anything));

  beforeAll(
    () => make('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }),
    30_000,
  );
  afterAll(async () => {
    await cluster.text('remove the namespace', { method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
  }, 30_000);

  const own: TestCluster = {
    kubeconfig,
    cluster,
    namespace,
    make,
    async deploy(name, how = {}) {
      const { kind = 'deployment' } = how;
      await make(`${base}/${KINDS[kind].plural}`, manifest(name, how));
      if (how.broken || how.image === NO_IMAGE) return;
      await eventually(
        async () => {
          const { desired, ready, updated } = KINDS[kind].counts(await read(name, kind));
          return desired === (how.replicas ?? 1) && ready === desired && updated === desired;
        },
        { timeoutMs: 60_000, everyMs: 100 },
      );
    },
    read,
    edit: (name, edit, kind = 'deployment') =>
      // A controller may write between reading and writing.
      eventually(async () => {
        const found = await read(name, kind);
        edit(found);
        await cluster.ask(`edit ${name}`, { method: 'PUT', path: pathOf(name, kind), body: found }, anything);
      }),
    async remove(name, kind = 'deployment') {
      const query = { propagationPolicy: 'Foreground' };
      await cluster.text(`remove ${name}`, { method: 'DELETE', path: pathOf(name, kind), query });
      // A pod whose image is being pulled ends only after that.
      await eventually(async () => (await own.pods(name)).length === 0, { timeoutMs: 180_000 });
    },
    async pods(name) {
      const query = { labelSelector: `app=${name}` };
      const { items } = await cluster.ask('list', { path: `/api/v1/namespaces/${namespace}/pods`, query }, listOf(pod));
      return items;
    },
    exec: (podName, ...command) => execIn(namespace, podName, command),
    async spoil(name, count = Number.POSITIVE_INFINITY) {
      const chosen = (await own.pods(name)).filter(({ metadata }) => !metadata.deletionTimestamp).slice(0, count);
      for (const { metadata } of chosen) await own.exec(metadata.name, 'rm', '/tmp/ready');
      const unready = (found: Pod): boolean =>
        found.status.conditions?.find(({ type }) => type === 'Ready')?.status === 'False';
      await eventually(async () => (await own.pods(name)).filter(unready).length >= chosen.length, {
        timeoutMs: 20_000,
      });
    },
    kubeconfigOf: (account, roles, server) => kubeconfigOf(own, account, roles, server),
  };
  return own;
}

function manifest(name: string, how: Deployment): object {
  const { kind = 'deployment', replicas = 1, image = IMAGE, broken, annotations = {}, labels = {} } = how;
  const envFrom = [
    ...(how.configMap ? [{ configMapRef: { name: how.configMap } }] : []),
    ...(how.secret ? [{ secretRef: { name: how.secret } }] : []),
  ];
  const container = {
    name: 'main',
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['sh', '-c', PROGRAM],
    env: [{ name: 'BROKEN', value: broken ? 'yes' : '' }],
    envFrom,
    readinessProbe: { exec: { command: ['cat', '/tmp/ready'] }, periodSeconds: 1, failureThreshold: 1 },
  };
  const spec = { hostNetwork: true, terminationGracePeriodSeconds: 2, containers: [container] };
  return {
    apiVersion: 'apps/v1',
    kind: KINDS[kind].title,
    metadata: { name, annotations, labels },
    spec: {
      ...(kind === 'daemonset' ? {} : { replicas }),
      ...(kind === 'statefulset' ? { serviceName: name } : {}),
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec },
    },
  };
}

export function setBroken({ spec }: Workload, broken: boolean): void {
  for (const container of spec.template.spec.containers)
    container.env = [Object.assign({ name: 'BROKEN' }, { value: broken ? 'yes' : '' })];
}

export function setImage({ spec }: Workload, image: string): void {
  for (const container of spec.template.spec.containers) container.image = image;
}

export function images({ spec }: Workload): string[] {
  return spec.template.spec.containers.map(({ image = '' }) => image);
}

async function execIn(namespace: string, name: string, command: string[]): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const sink = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  await new Promise<void>((resolve, reject) => {
    new Exec(config)
      .exec(namespace, name, 'main', command, sink(), sink(), null, false, ({ status, message }) =>
        status === 'Success' ? resolve() : reject(new Error(`${command.join(' ')}: ${message}`)),
      )
      .catch(reject);
  });
}

const token = z.object({ status: z.object({ token: z.string() }) });

async function kubeconfigOf(
  { cluster, namespace, make }: TestCluster,
  account: string,
  roles: readonly string[],
  server?: string,
): Promise<string> {
  const base = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  await make(base, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account } });
  const documents = parseAllDocuments(await readFile('deploy/kubernetes/rbac.yaml', 'utf8'));
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  for (const document of documents) {
    const { kind, rules, metadata } = z
      .looseObject({ kind: z.string(), metadata: z.object({ name: z.string() }), rules: z.unknown().optional() })
      .parse(document.toJS());
    if (!kind.endsWith('Role') || !roles.includes(metadata.name)) continue;
    const name = `${account}-${metadata.name}`;
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    // What may be done in the whole cluster is given for the namespace alone.
    await make(`${rbac}/roles`, { apiVersion, kind: 'Role', metadata: { name }, rules });
    await make(`${rbac}/rolebindings`, {
      apiVersion,
      kind: 'RoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
    });
  }
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3_600 } };
  const asked = { method: 'POST', path: `${base}/${account}/token`, body } as const;
  const { status } = await cluster.ask('make a token', asked, token);
  return written(status.token, namespace, server);
}

/** The same cluster, by another address where one is given, with this token. */
async function written(bearer: string, namespace: string, server?: string): Promise<string> {
  const admin = new KubeConfig();
  admin.loadFromFile(kubeconfig);
  const current = admin.getCurrentCluster();
  if (!current) throw new Error('KUBECONFIG leads to no cluster');
  const ca = current.caFile ? (await readFile(current.caFile)).toString('base64') : current.caData;
  const host = new URL(current.server).hostname;
  const one = {
    server: server ?? current.server,
    'certificate-authority-data': ca,
    ...(server && isIP(host) === 0 ? { 'tls-server-name': host } : {}),
  };
  const file = join(await mkdtemp(join(tmpdir(), 'kube-')), 'config');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: one }],
    users: [{ name: 'reviver', user: { token: bearer } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'reviver', namespace } }],
    'current-context': 'test',
  };
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

export async function serverAddress(): Promise<{ host: string; port: number }> {
  const url = new URL(await createClusters(kubeconfig)().where());
  return { host: url.hostname, port: Number(url.port || 443) };
}
