import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runDoctor } from '../../src/app/doctor/doctor.js';
import { withCluster } from './support/cluster.js';

const k = withCluster();

/** What the doctor says of clusters, to whoever this kubeconfig is of. */
async function linesFor(kubeconfig: string, names: readonly string[]): Promise<string> {
  const REVIVER_CONFIG = join(await mkdtemp(join(tmpdir(), 'doctor-')), 'reviver.yaml');
  const services = names.map(
    (name) => `  - { name: ${name}, kubernetes: { namespace: ${k.namespace}, name: ${name} } }`,
  );
  await writeFile(REVIVER_CONFIG, `services:\n${services.join('\n')}\n`);
  const { lines } = await runDoctor({ env: { KUBECONFIG: kubeconfig, REVIVER_CONFIG } });
  const from = lines.findIndex((line) => line.includes('kubernetes '));
  return lines
    .slice(
      from,
      lines.findIndex((line) => line.includes(' runbooks ')),
    )
    .join('\n');
}

test('the doctor says that the cluster answers, and which service is not there', async () => {
  await k.deploy('there');
  const said = await linesFor(await k.kubeconfigOf('reviver', ['reviver']), ['there', 'gone']);
  expect(said).toMatch(/✓ kubernetes +https:\/\/\S+ answers, v1\.\d+/);
  expect(said).toMatch(/✓ kubernetes +deployment \S+\/there is there/);
  expect(said).toMatch(/! kubernetes +there is no deployment \S+\/gone/);
}, 60_000);

test('the doctor says which rights are missing', async () => {
  const said = await linesFor(await k.kubeconfigOf('nobody', []), ['there']);
  expect(said).toMatch(
    /✗ kubernetes +deployment \S+\/there: Reviver may not get deployments, update deployments, list replicasets/,
  );
  expect(said).toContain('deploy/kubernetes/rbac.yaml');
}, 60_000);

test('the doctor says when the kubeconfig cannot be used', async () => {
  expect(await linesFor('/nowhere/config', ['there'])).toMatch(
    /✗ kubernetes +The kubeconfig cannot be used: \/nowhere\/config cannot be read: ENOENT/,
  );
}, 60_000);
