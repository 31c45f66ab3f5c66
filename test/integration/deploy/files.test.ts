import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { manifestProblems } from './kubernetes-model.js';

const folder = mkdtempSync(join(tmpdir(), 'deploy-'));

function run(program: string, args: string[]) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, POSTGRES_PASSWORD: 'a', REDIS_PASSWORD: 'b' },
  });
  return { there: !error, status, said: `${stdout}${stderr}` };
}

const tools = (program: string, version: string) => {
  const { there } = run(program, [version]);
  if (!there) console.log(`Skipped: the program ${program} is not there.`);
  return there ? test : test.skip;
};

const service = z.object({
  user: z.string().optional(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  healthcheck: z.object({ test: z.array(z.string()) }),
});
const compose = z
  .object({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.unknown()) })
  .parse(parse(readFileSync('docker-compose.yml', 'utf8')));

describe('docker-compose.yml', () => {
  tools('docker-compose', 'version')('is what Compose takes', () => {
    const empty = join(folder, '.env');
    writeFileSync(empty, '');
    // env_file names .env beside the file, which every installation has and a checkout has not.
    const text = readFileSync('docker-compose.yml', 'utf8').replace('env_file: .env', `env_file: ${empty}`);
    const file = join(folder, 'docker-compose.yml');
    writeFileSync(file, text);
    const { status, said } = run('docker-compose', [
      '--project-directory',
      process.cwd(),
      '-f',
      file,
      'config',
      '--quiet',
    ]);
    expect(said).toBe('');
    expect(status).toBe(0);
  });

  test('opens ports to this machine alone, and keeps backups in a volume of their own', () => {
    for (const { ports } of Object.values(compose.services))
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    expect(compose.services.reviver?.user).toBe('1000:1000');
    expect(compose.services.reviver?.volumes).toContain('backups:/backups');
  });

  test('mounts volumes that it makes and files that are there', () => {
    const sources = Object.values(compose.services).flatMap(({ volumes }) =>
      volumes.map((each) => each.split(':')[0] ?? ''),
    );
    const missing = sources.filter((source) =>
      source.startsWith('.') ? !existsSync(source) : !(source in compose.volumes),
    );
    expect(missing).toEqual([]);
  });
});

describe('the configuration of its Prometheus and Alertmanager', () => {
  tools('promtool', '--version')('is what Prometheus takes', () => {
    expect(run('promtool', ['check', 'config', 'deploy/compose/prometheus.yml'])).toMatchObject({ status: 0 });
  });

  tools('amtool', '--version')('is what Alertmanager takes', () => {
    const { status, said } = run('amtool', ['check-config', 'deploy/compose/alertmanager.yml']);
    expect(said).toContain('SUCCESS');
    expect(status).toBe(0);
  });
});

describe('the Dockerfile', () => {
  const text = readFileSync('Dockerfile', 'utf8');

  test('has two stages, of which the second one runs as 1000:1000', () => {
    expect(text.match(/^FROM /gm)).toHaveLength(2);
    expect(text.slice(text.lastIndexOf('FROM '))).toContain('\nUSER 1000:1000\n');
  });

  test('copies what is there', () => {
    const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources = '']) => sources.split(' '));
    expect(copied.length).toBeGreaterThan(5);
    expect(copied.filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe('the manifests for Kubernetes', () => {
  const documents = ['rbac.yaml', 'reviver.yaml'].flatMap((name) =>
    parseAllDocuments(readFileSync(`deploy/kubernetes/${name}`, 'utf8')).map((document): unknown => document.toJS()),
  );

  test('have fields that Kubernetes knows, of the right types', () => {
    expect(documents.flatMap(manifestProblems)).toEqual([]);
  });

  test('are refused by this check when a field is misspelt or of a wrong type', () => {
    const bad = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      spec: { replicas: 'two', template: { spec: { container: [] } } },
    };
    expect(manifestProblems(bad)).toEqual([
      'Deployment.spec.replicas must be a number',
      'Deployment.spec.template.spec.container is unknown',
    ]);
  });

  test('have probes, a budget for disruptions, and a policy for the network', () => {
    const kinds = documents.map((document) => z.object({ kind: z.string() }).parse(document).kind);
    for (const kind of ['Deployment', 'Service', 'PodDisruptionBudget', 'NetworkPolicy']) expect(kinds).toContain(kind);
    const text = readFileSync('deploy/kubernetes/reviver.yaml', 'utf8');
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) expect(text).toContain(probe);
  });
});

describe('the unit for systemd', () => {
  tools('systemd-analyze', '--version')('is what systemd takes', () => {
    const text = readFileSync('deploy/systemd/reviver.service', 'utf8');
    const file = join(folder, 'reviver.service');
    // The program is not installed where tests run; all else is as it is.
    writeFileSync(file, text.replace('/usr/bin/reviver', process.execPath));
    const { status, said } = run('systemd-analyze', ['verify', '--man=no', file]);
    expect(said).toBe('');
    expect(status).toBe(0);
  });
});
