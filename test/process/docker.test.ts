import { existsSync, mkdtempSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeDocker, withDocker } from '../support/docker.js';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Answer, type Installation, install } from '../support/reviver.js';
import { NO_APPROVALS } from '../support/scene.js';
import { freePorts, type Patient, patient, patientServices, settled } from './docker-patients.js';

const KEEP = 'id: keep\nparams: {}\nsteps: ["take_snapshot: {{ service.name }}"]\n';

const PATIENTS = 14;
const address = join(mkdtempSync(join(tmpdir(), 'front-')), 'address');

/** People come by an address in a file; `front` is well when what answers there is well. p13 serves, p14 stands by. */
const frontedBy = (of: readonly number[]): string => {
  const [, standby] = of.slice(-2);
  const url = (port: number | undefined): string => `http://127.0.0.1:${port}/health`;
  const asks = `fetch(require('fs').readFileSync('${address}','utf8')).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`;
  return `  - name: front
    container_name: p13
    health: [{ type: command, command: [node, -e, ${JSON.stringify(asks)}], interval: 1h, timeout: 4s }]
    failover:
      to: p14
      promote: [{ action: run_command, with: { command: [sh, -c, "echo promoted >> ${address}.promoted"] }, rollback: none }]
      switch: [{ action: run_command, with: { command: [sh, -c, "printf ${url(standby)} > ${address}"] } }]`;
};

const docker = withDocker();
const database = withDatabase();
const redis = withRedis();
let reviver: Installation;
let ports: number[];
let next = 0;

beforeAll(async () => {
  if (!docker.there) return;
  ports = await freePorts(PATIENTS);
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: [patientServices(ports), frontedBy(ports)].join('\n'),
    runbooks: { 'keep.yaml': KEEP },
    more: NO_APPROVALS,
  });
  const env = { DOCKER_HOST: docker.host, REVIVER_SECRET_KEY: '11'.repeat(32) };
  await reviver.start('server', ['start', '--role', 'api'], env);
  await reviver.start('worker', ['worker'], env);
}, 90_000);

afterAll(async () => {
  await reviver?.stop();
}, 60_000);

async function newPatient(over: Parameters<typeof patient>[3] = {}): Promise<Patient> {
  next += 1;
  return patient(docker.engine, `p${next}`, ports[next - 1] ?? 0, over);
}

async function recover({ name }: Patient, how: object): Promise<Answer> {
  const { status, body } = await reviver.call('POST', `/recover/${name}`, how);
  expect(`${status} ${body.detail ?? ''}`).toBe('202 ');
  return settled(reviver, body.id, 60_000);
}

const healthy = async ({ port }: Patient): Promise<boolean> =>
  (await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined))
    ?.ok === true;

const states = ({ steps }: Answer): Record<string, string> =>
  Object.fromEntries(steps.map((step: Answer) => [step.id, step.state]));

describeDocker('a service in a container', () => {
  test('that was killed is back by a restart, in seconds', async () => {
    const service = await newPatient();
    const { Id } = await service.container().inspect();
    await service.signal('SIGKILL');
    const killedAt = performance.now();
    const well = eventually(() => healthy(service), { timeoutMs: 20_000 }).then(() => performance.now() - killedAt);
    expect(await recover(service, { strategy: 'restart' })).toMatchObject({ state: 'SUCCEEDED' });
    process.stderr.write(`From kill to healthy by restart: ${Math.round(await well)} ms\n`);
    expect(await well).toBeLessThan(10_000);
    expect((await service.container().inspect()).Id).toBe(Id);
  }, 60_000);

  test('that hangs is back by a restart', async () => {
    const service = await newPatient();
    await service.signal('SIGSTOP');
    expect(await healthy(service)).toBe(false);
    expect(await recover(service, { strategy: 'restart' })).toMatchObject({ state: 'SUCCEEDED' });
    expect(await healthy(service)).toBe(true);
  }, 60_000);

  test('that comes to itself while its callers are kept away needs nothing else', async () => {
    const service = await newPatient();
    await service.signal('SIGSTOP');
    const { body } = await reviver.call('POST', `/recover/${service.name}`, { strategy: 'circuit_break' });
    const breaker = async () => (await reviver.call('GET', '/status')).body.circuit_breakers[service.name];
    await eventually(async () => expect(await breaker()).toMatchObject({ state: 'open' }));
    await service.signal('SIGCONT');
    expect(await settled(reviver, body.id, 60_000)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await breaker()).toMatchObject({ state: 'closed' });
    expect(await service.acts()).not.toContain('restart');
  }, 90_000);

  test('whose files are spoilt is back by a new container with its data', async () => {
    const service = await newPatient();
    await service.exec('sh', '-c', 'echo precious > /data/content; rm /www/health');
    expect(await recover(service, { strategy: 'recreate' })).toMatchObject({ state: 'SUCCEEDED' });
    await eventually(async () => expect(await service.content()).toBe('precious'));
    expect(await service.names()).toEqual([`/${service.name}`]);
  }, 90_000);

  test('that a bad deployment replaced is back by a rollback to its snapshot', async () => {
    const service = await newPatient();
    expect(await recover(service, { runbook: 'keep' })).toMatchObject({ state: 'SUCCEEDED' });
    await service.container().remove({ force: true });
    const bad = await docker.engine.createContainer({
      name: service.name,
      Image: 'reviver-test',
      Cmd: ['sh', '-c', 'while :; do sleep 0.1; done'],
      Env: ['PORT=1'],
      HostConfig: { NetworkMode: 'host' },
    });
    await bad.start();
    expect(await recover(service, { strategy: 'rollback' })).toMatchObject({ state: 'SUCCEEDED' });
    expect((await service.container().inspect()).Config.Env).toContain(`PORT=${service.port}`);
    await eventually(async () => expect(await service.content()).toBe('first'));
    expect(await service.names()).toEqual([`/${service.name}`]);
  }, 90_000);

  test('whose data are spoilt is back by a rollback, and what was there is kept', async () => {
    const service = await newPatient();
    await recover(service, { runbook: 'keep' });
    await service.exec('sh', '-c', 'echo spoilt > /data/content; rm /www/health');
    const { Mounts: before } = await service.container().inspect();
    expect(await recover(service, { strategy: 'rollback' })).toMatchObject({ state: 'SUCCEEDED' });
    await eventually(async () => expect(await service.content()).toBe('first'));
    const { Volumes } = await docker.engine.listVolumes();
    expect(Volumes.map(({ Name }) => Name)).toContain(before[0]?.Name);
  }, 90_000);

  test('that the first rung does not help is brought back by the second', async () => {
    const service = await newPatient();
    await service.exec('sh', '-c', 'rm /www/health');
    const ended = await recover(service, { strategy: 'hybrid' });
    expect(ended).toMatchObject({ state: 'SUCCEEDED' });
    expect(states(ended)).toMatchObject({
      restart_1: 'succeeded',
      check_restart: 'failed',
      recreate_1: 'succeeded',
      verify: 'succeeded',
    });
    expect(await healthy(service)).toBe(true);
  }, 90_000);

  test('that somebody removed: what cannot help says what to do, and a rollback brings it back', async () => {
    const service = await newPatient();
    await recover(service, { runbook: 'keep' });
    await service.container().remove({ force: true });
    for (const strategy of ['restart', 'recreate']) {
      const failed = await recover(service, { strategy });
      expect(failed.state).toBe('FAILED');
      expect(failed.steps[0].error.message).toMatch(/There is no container .* snapshot/);
    }
    expect(await recover(service, { strategy: 'rollback' })).toMatchObject({ state: 'SUCCEEDED' });
    await eventually(async () => expect(await service.content()).toBe('first'));
  }, 90_000);

  test('whose image is gone: the old container is back, and the message names the image', async () => {
    const service = await newPatient();
    const image = `gone-${next}`;
    const { Image } = await service.container().inspect();
    await docker.engine.getImage(Image).tag({ repo: image });
    await service.container().remove({ force: true });
    const again = await patient(docker.engine, service.name, service.port, { Image: image });
    const { Id } = await again.container().inspect();
    await docker.engine.getImage(image).remove({ force: true });
    const failed = await recover(again, { strategy: 'recreate' });
    expect(failed.state).toBe('FAILED');
    expect(failed.steps[0].error.message).toMatch(
      new RegExp(`No such image: ${image}.*The old container is back in its place`),
    );
    expect((await again.container().inspect()).Id).toBe(Id);
    await eventually(() => healthy(again));
    expect(await again.names()).toEqual([`/${again.name}`]);
  }, 90_000);

  test('that has too little gets the next size, and at the end of the list people are told', async () => {
    const service = await newPatient({ HostConfig: { NetworkMode: 'host', NanoCpus: 5e8, Memory: 64 * 1_048_576 } });
    const up = await recover(service, { strategy: 'scale_up' });
    expect(up).toMatchObject({ state: 'SUCCEEDED' });
    expect((await service.container().inspect()).HostConfig.NanoCpus).toBe(1e9);
    const refused = await recover(service, { strategy: 'scale_up' });
    expect(refused.state).toBe('ROLLED_BACK');
    expect(refused.steps[0].error.message).toMatch(/none of its sizes is bigger/);
    expect(await recover(service, { strategy: 'scale_down' })).toMatchObject({ state: 'SUCCEEDED' });
    expect((await service.container().inspect()).HostConfig.NanoCpus).toBe(5e8);
  }, 90_000);
});

describeDocker('a failover', () => {
  test('lets the other container take over, and nothing is done when that one is not well', async () => {
    const [first = 0, second = 0] = ports.slice(-2);
    const serving = await patient(docker.engine, 'p13', first);
    const standby = await patient(docker.engine, 'p14', second);
    await writeFile(address, `http://127.0.0.1:${first}/health`);
    await serving.container().stop({ t: 1 });

    await standby.container().stop({ t: 1 });
    const refused = await recover({ ...serving, name: 'front' }, { strategy: 'failover' });
    expect(refused.state).toBe('FAILED');
    expect(states(refused)).toMatchObject({ standby: 'failed', run_command_2: 'pending', run_command_3: 'pending' });
    expect(await readFile(address, 'utf8')).toContain(String(first));
    expect(existsSync(`${address}.promoted`)).toBe(false);

    await standby.container().start();
    const ended = await recover({ ...serving, name: 'front' }, { strategy: 'failover' });
    expect(ended).toMatchObject({ state: 'SUCCEEDED' });
    expect(await readFile(address, 'utf8')).toContain(String(second));
  }, 120_000);
});
