import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { eventually, withDatabase, withRedis } from '../../support/index.js';
import { startTrial, type Trial } from '../../support/runbook-trial.js';
import { freePorts, settled } from '../docker-patients.js';

const installed = spawnSync('terraform', ['version']).status === 0;
if (!installed) process.stderr.write('Left out: terraform is not on the PATH, so the loss of a host is not tested\n');

const root = realpathSync(mkdtempSync(join(tmpdir(), 'host-')));
const at = (...more: string[]): string => join(root, ...more);

const NAMES = ['host1', 'host2', 'host3', 'host4'];
const database = withDatabase();
const redis = withRedis();
let trial: Trial;
let ports: number[];
const portOf = (name: string): number => ports[NAMES.indexOf(name)] ?? 0;
const doorOf = (name: string): number => ports[NAMES.indexOf(name) + NAMES.length] ?? 0;

/** A machine is a folder and something that answers at its door as long as the folder is there. */
const DOOR = `
const fs = require('fs'), [folder, port] = process.argv.slice(2);
require('net').createServer((socket) => socket.end()).listen(Number(port), '127.0.0.1');
setInterval(() => fs.existsSync(folder) || process.exit(0), 100);
`;

/** The provider of machines; one of them never comes up. */
const configuration = (name: string): string => {
  const door = `env -i PATH="$PATH" setsid node ${at('door.cjs')} ${at(name)} ${doorOf(name)} < /dev/null > /dev/null 2>&1 &`;
  const command = `mkdir -p ${at(name)}/data; ${name === 'host4' ? 'true' : door}`;
  return `resource "terraform_data" "machine" {
  provisioner "local-exec" { command = ${JSON.stringify(command)} }
}
`;
};

beforeAll(async () => {
  if (!installed) return;
  ports = await freePorts(NAMES.length * 2);
  await writeFile(at('door.cjs'), DOOR);
  await writeFile(at('switch'), `#!/bin/sh\necho "$1 is at the new machine" > ${root}/$1.address\n`, { mode: 0o755 });
  await writeFile(at('stuck'), '#!/bin/sh\necho "the DNS server refuses the change" >&2\nexit 1\n', { mode: 0o755 });
  for (const name of NAMES) {
    await mkdir(at(name, 'data'), { recursive: true });
    await mkdir(at(`${name}-infra`));
    await writeFile(at(`${name}-infra`, 'main.tf'), configuration(name));
  }
  const services = NAMES.map(
    (name) => `  - name: ${name}
    runtime: process
    process: { command: [redis-server, --port, "${portOf(name)}", --bind, 127.0.0.1, --dir, "${at(name, 'data')}", --save, ""], cwd: "${root}" }
    data_dir: "${at(name, 'data')}"
    health: [{ type: redis, url: "redis://127.0.0.1:${portOf(name)}", interval: 1h, timeout: 2s }]`,
  );
  const backups = NAMES.map((name) => `${name}_backup: { service: ${name}, location: redis }`);
  trial = await startTrial({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: services.join('\n'),
    more: `backups: { ${backups.join(', ')} }
templates: [{ id: save, steps: ["create_backup: {{ service.name }}_backup"] }]`,
  });
}, 90_000);

afterAll(async () => {
  for (const name of installed ? NAMES : [])
    await withClient(name, (client) => client.shutdown('NOSAVE')).catch(() => 0);
  await rm(root, { recursive: true, force: true });
}, 60_000);

async function withClient<T>(name: string, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(`redis://127.0.0.1:${portOf(name)}`, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  client.on('error', () => {});
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}

/** A Redis with 500 orders and a backup; then its machine is gone, with its disk. Returns when that was. */
async function lost(name: string): Promise<number> {
  const done = async (how: object): Promise<void> => {
    const { body } = await trial.reviver.call('POST', `/recover/${name}`, how);
    const { state, outcome } = await settled(trial.reviver, body.id);
    expect(`${state} ${outcome?.message}`).toBe('SUCCEEDED ');
  };
  // A second try of a test begins where the first did.
  await mkdir(at(name, 'data'), { recursive: true });
  await rm(at(`${name}-infra`, 'terraform.tfstate'), { force: true });
  await done({ strategy: 'restart' });
  const orders = Array.from({ length: 500 }, (_, n) => [`order:${n}`, String(n)]).flat();
  await withClient(name, (client) => client.mset(orders));
  await done({ runbook: 'save' });
  await withClient(name, (client) => client.shutdown('NOSAVE')).catch(() => undefined);
  await rm(at(name), { recursive: true });
  await eventually(async () => expect(await keys(name)).toBeUndefined());
  return performance.now();
}

const keys = (name: string): Promise<number | undefined> =>
  withClient(name, (client) => client.dbsize()).catch(() => undefined);

const paramsOf = (name: string, more: object = {}) => ({
  dir: at(`${name}-infra`),
  backup: `${name}_backup`,
  answers: `127.0.0.1:${doorOf(name)}`,
  switch: at('switch'),
  machine_within: '20s',
  ...more,
});

(installed ? describe : describe.skip)('host_loss', () => {
  test('makes a new machine, puts the backup there, and leads people to it, each after a yes', async () => {
    const brokenAt = await lost('host1');
    const outcome = await trial.run({
      service: 'host1',
      runbook: 'host_loss',
      fault: 'the machine and its disk are gone',
      params: paramsOf('host1'),
      brokenAt,
    });
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', firstAttempt: true, asked: [null, 'gone', 'machine'] });
    expect(await keys('host1')).toBe(500);
    expect(await readFile(at('host1.address'), 'utf8')).toBe('host1 is at the new machine\n');
  }, 90_000);

  test('takes the service back from the new machine when people cannot be led there', async () => {
    const brokenAt = await lost('host2');
    const params = paramsOf('host2', { switch: at('stuck') });
    const outcome = await trial.run({ service: 'host2', runbook: 'host_loss', params, brokenAt });
    expect(outcome).toMatchObject({
      state: 'ROLLED_BACK',
      steps: { machine: 'succeeded', restore: 'undone', start: 'undone', switch: 'failed', tell: 'pending' },
    });
    expect(outcome.view.outcome.message).toContain('the DNS server refuses the change');
    expect(await keys('host2')).toBeUndefined();
    expect(existsSync(at('host2', 'data'))).toBe(true);
  }, 90_000);

  test('does nothing when the machine is not gone for good', async () => {
    const brokenAt = await lost('host3');
    const answer = (step: string | null) => (step === 'gone' ? ('reject' as const) : ('approve' as const));
    const outcome = await trial.run({
      service: 'host3',
      runbook: 'host_loss',
      params: paramsOf('host3'),
      brokenAt,
      answer,
    });
    expect(outcome).toMatchObject({ state: 'CANCELLED', asked: [null, 'gone'], steps: { plan: 'pending' } });
    expect(existsSync(at('host3'))).toBe(false);
  }, 90_000);

  test('stops when the new machine does not answer, and touches no data', async () => {
    const brokenAt = await lost('host4');
    const params = paramsOf('host4', { machine_within: '2s' });
    const outcome = await trial.run({ service: 'host4', runbook: 'host_loss', params, brokenAt });
    expect(outcome).toMatchObject({ state: 'FAILED', steps: { machine: 'failed', restore: 'pending' } });
    expect(outcome.view.outcome.message).toMatch(/127\.0\.0\.1:\d+ is not healthy after .*connection refused/);
  }, 90_000);
});
