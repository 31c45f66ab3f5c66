import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeDocker, withDocker } from '../support/docker.js';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Answer, type Installation, install, type Running } from '../support/reviver.js';
import { NO_APPROVALS } from '../support/scene.js';
import { freePorts, type Patient, patient, patientServices, settled, whenever } from './docker-patients.js';

const KEEP = 'id: keep\nsteps: ["take_snapshot: {{ service.name }}"]\n';

const docker = withDocker();
const database = withDatabase();
const redis = withRedis();
let reviver: Installation;
let standby: Running;
let env: Record<string, string>;
let ports: number[];
let next = 0;

beforeAll(async () => {
  if (!docker.there) return;
  ports = await freePorts(24);
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: patientServices(ports),
    runbooks: { 'keep.yaml': KEEP },
    more: NO_APPROVALS,
  });
  env = { DOCKER_HOST: docker.host, REVIVER_SECRET_KEY: '11'.repeat(32) };
  await reviver.start('server', ['start', '--role', 'api'], env);
  standby = await reviver.start('standby', ['worker'], env);
}, 90_000);

afterAll(async () => {
  await reviver?.stop();
}, 60_000);

async function newPatient(over: Parameters<typeof patient>[3] = {}): Promise<Patient> {
  next += 1;
  return patient(docker.engine, `p${next}`, ports[next - 1] ?? 0, over);
}

async function request(service: Patient, how: object): Promise<string> {
  const { status, body } = await reviver.call('POST', `/recover/${service.name}`, how);
  expect(`${status} ${body.detail ?? ''}`).toBe('202 ');
  return body.id;
}

/** A worker that is killed at this point, or at this act of the engine, has the recovery; then the other one wakes up. */
async function crash(service: Patient, strategy: string, at: { point: string } | { act: string }): Promise<Answer> {
  standby.kill('SIGSTOP');
  const doomed = await reviver.start(
    `doomed-${next}`,
    ['worker'],
    'point' in at ? { ...env, REVIVER_CRASH_POINT: at.point } : env,
  );
  if ('act' in at) {
    const { seen } = await whenever(docker.engine, service.name, at.act);
    void seen.then(() => doomed.kill('SIGKILL'));
  }
  const id = await request(service, { strategy });
  const ended = await doomed.ended;
  standby.kill('SIGCONT');
  expect(ended).toBe('SIGKILL');
  return settled(reviver, id, 40_000);
}

const count = (acts: readonly string[], wanted: string): number => acts.filter((act) => act === wanted).length;

const POINTS = ['after_intent:0', 'before_commit:0'];
const at = (acts: string[]): [string, { point: string } | { act: string }][] => [
  ...POINTS.map((point): [string, { point: string }] => [point, { point }]),
  ...acts.map((act): [string, { act: string }] => [`"${act}" of the engine`, { act }]),
];

describeDocker('a worker that is killed', () => {
  test.each(at(['kill', 'die']))(
    'in a restart at %s leaves one start, by whoever took over',
    async (_name, moment) => {
      const service = await newPatient({ Env: ['SLOW=0.5'] });
      const { Id, State } = await service.container().inspect();
      const ended = await crash(service, 'restart', moment);
      expect(ended).toMatchObject({ state: 'SUCCEEDED' });
      const after = await service.container().inspect();
      expect(after.Id).toBe(Id);
      expect(after.State.StartedAt).not.toBe(State.StartedAt);
      expect(count(await service.acts(), 'start')).toBe(2);
    },
    90_000,
  );

  test.each(at(['die', 'rename', 'create', 'start']))(
    'while it makes a container anew, at %s, leaves one new container and nothing beside it',
    async (_name, moment) => {
      const service = await newPatient();
      await service.exec('sh', '-c', 'echo precious > /data/content');
      const { Id } = await service.container().inspect();
      expect(await crash(service, 'recreate', moment)).toMatchObject({ state: 'SUCCEEDED' });
      expect(await service.names()).toEqual([`/${service.name}`]);
      expect((await service.container().inspect()).Id).not.toBe(Id);
      expect(await service.content()).toBe('precious');
      // The first one, and one new one: no other has ever run.
      expect(count(await service.acts(), 'start')).toBe(2);
    },
    90_000,
  );

  test.each(at(['die', 'rename', 'create', 'start']))(
    'while it restores a snapshot, at %s, leaves the state that was kept and nothing beside it',
    async (_name, moment) => {
      const service = await newPatient();
      const kept = await settled(reviver, await request(service, { runbook: 'keep' }));
      expect(kept.state).toBe('SUCCEEDED');
      await service.exec('sh', '-c', 'echo spoilt > /data/content');
      expect(await crash(service, 'rollback', moment)).toMatchObject({ state: 'SUCCEEDED' });
      expect(await service.names()).toEqual([`/${service.name}`]);
      expect(await service.content()).toBe('first');
      expect(count(await service.acts(), 'start')).toBe(2);
      const { Volumes } = await docker.engine.listVolumes({ filters: { label: [`reviver.restored=${service.name}`] } });
      const { Mounts } = await service.container().inspect();
      expect(Volumes.map(({ Name }) => Name)).toEqual(Mounts.map(({ Name }) => Name));
    },
    90_000,
  );
});

describeDocker('an engine that ends in the middle', () => {
  test('leaves a question with what is known; when it is back, a person lets it go on', async () => {
    const service = await newPatient({ Env: ['SLOW=3'] });
    const { seen } = await whenever(docker.engine, service.name, 'kill');
    const id = await request(service, { strategy: 'restart' });
    await seen;
    await docker.kill();
    const waiting = await settled(reviver, id).finally(docker.start);
    expect(waiting.state).toBe('AWAITING_MANUAL');
    expect(waiting.steps[0]).toMatchObject({
      state: 'unknown',
      error: {
        message: expect.stringMatching(
          /was asked to stop .* and did not answer: .*; looking failed: The Docker engine/,
        ),
      },
    });
    expect((await reviver.call('POST', `/recoveries/${id}/retry`)).status).toBe(200);
    const view = await eventually(
      async () => {
        const { body } = await reviver.call('GET', `/recoveries/${id}`);
        expect(body.state).toBe('SUCCEEDED');
        return body;
      },
      { timeoutMs: 40_000 },
    );
    expect(view.steps[0].state).toBe('succeeded');
  }, 120_000);

  test('before anything was done: the recovery has failed, and says that nothing could be done', async () => {
    const service = await newPatient();
    await docker.kill();
    const failed = await request(service, { strategy: 'restart' })
      .then((id) => settled(reviver, id))
      .finally(docker.start);
    expect(failed.state).toBe('FAILED');
    expect(failed.steps[0].error.message).toMatch(/The Docker engine at unix:.* cannot be reached/);
  }, 120_000);
});
