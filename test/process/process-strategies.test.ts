import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Answer, type Installation, install } from '../support/reviver.js';
import { NO_APPROVALS } from '../support/scene.js';
import { freePorts, settled } from './docker-patients.js';

/** Well while the file `ok` is in its folder; the last argument names the process. */
const PROGRAM =
  "const [port, folder] = process.argv.slice(1); require('http').createServer((_, r) => { r.statusCode = require('fs').existsSync(folder + '/ok') ? 200 : 500; r.end(); }).listen(Number(port), '127.0.0.1')";
const NAMES = ['killed', 'hangs', 'spoilt', 'climbs', 'spared', 'serving', 'standby'];
const KEEP = 'id: keep\nparams: {}\nsteps: ["take_snapshot: {{ service.name }}"]\n';

const folder = mkdtempSync(join(tmpdir(), 'process-strategies-'));
const dataOf = (name: string): string => join(folder, name);
const address = join(folder, 'address');
const database = withDatabase();
const redis = withRedis();
let ports: number[];
let reviver: Installation;

const urlOf = (name: string): string => `http://127.0.0.1:${ports[NAMES.indexOf(name)]}/`;

function serviceOf(name: string): string {
  return `  - name: ${name}
    runtime: process
    process: { command: [node, -e, ${JSON.stringify(PROGRAM)}, "${ports[NAMES.indexOf(name)]}", "${dataOf(name)}"], cwd: "${folder}" }
    data_dir: "${dataOf(name)}"
    health: [{ type: http, url: "${urlOf(name)}", interval: 1h, timeout: 1s }]
    recovery_strategies: [restart, rollback, hybrid]
    circuit_breaker: { failure_threshold: 1000 }`;
}

/** People come by an address in a file. */
function front(): string {
  const asks = `fetch(require('fs').readFileSync('${address}','utf8')).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`;
  return `  - name: front
    runtime: process
    process: { command: [sleep, "72499"], cwd: "${folder}" }
    health: [{ type: command, command: [node, -e, ${JSON.stringify(asks)}], interval: 1h, timeout: 4s }]
    failover:
      to: standby
      promote: [{ action: run_command, with: { command: [touch, "${address}.promoted"] }, rollback: none }]
      switch: [{ action: run_command, with: { command: [sh, -c, "printf ${urlOf('standby')} > ${address}"] } }]`;
}

beforeAll(async () => {
  ports = await freePorts(NAMES.length);
  for (const name of NAMES) {
    await mkdir(dataOf(name));
    await writeFile(join(dataOf(name), 'ok'), 'first');
  }
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: [...NAMES.map(serviceOf), front()].join('\n'),
    runbooks: { 'keep.yaml': KEEP },
    more: NO_APPROVALS,
    env: { REVIVER_SECRET_KEY: '11'.repeat(32) },
  });
  await reviver.start('server', ['start', '--role', 'api']);
  await reviver.start('worker', ['worker']);
  for (const name of NAMES) expect(await recover(name, { strategy: 'restart' })).toMatchObject({ state: 'SUCCEEDED' });
}, 90_000);

afterAll(async () => {
  await reviver?.stop();
  for (const name of NAMES) for (const pid of pidsOf(name)) process.kill(pid, 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** A service outlives Reviver; it is found by the folder that it was given. */
function pidsOf(name: string): number[] {
  const { stdout } = spawnSync('pgrep', ['-f', `node -e .*${dataOf(name)}$`], { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean).map(Number);
}

function send(name: string, signal: NodeJS.Signals): number {
  const [pid = 0, ...more] = pidsOf(name);
  expect([pid > 0, more]).toEqual([true, []]);
  process.kill(pid, signal);
  return pid;
}

async function recover(name: string, how: object): Promise<Answer> {
  const { status, body } = await reviver.call('POST', `/recover/${name}`, how);
  expect(`${status} ${body.detail ?? ''}`).toBe('202 ');
  return settled(reviver, body.id, 60_000);
}

const healthy = async (name: string): Promise<boolean> =>
  (await fetch(urlOf(name), { signal: AbortSignal.timeout(1_000) }).catch(() => undefined))?.ok === true;

const states = ({ steps }: Answer): Record<string, string> =>
  Object.fromEntries(steps.map((step: Answer) => [step.id, step.state]));

describe('a service that is a process', () => {
  test('and was killed is back by a restart', async () => {
    send('killed', 'SIGKILL');
    await eventually(async () => expect(await healthy('killed')).toBe(false));
    expect(await recover('killed', { strategy: 'restart' })).toMatchObject({ state: 'SUCCEEDED' });
    expect(await healthy('killed')).toBe(true);
  }, 60_000);

  test('and hangs is replaced by recreate', async () => {
    const pid = send('hangs', 'SIGSTOP');
    expect(await healthy('hangs')).toBe(false);
    expect(await recover('hangs', { strategy: 'recreate' })).toMatchObject({ state: 'SUCCEEDED' });
    expect(await healthy('hangs')).toBe(true);
    expect(pidsOf('hangs')).not.toContain(pid);
  }, 90_000);

  test('and whose files were spoilt is back by a rollback to its snapshot', async () => {
    expect(await recover('spoilt', { runbook: 'keep' })).toMatchObject({ state: 'SUCCEEDED' });
    await rm(join(dataOf('spoilt'), 'ok'));
    expect(await healthy('spoilt')).toBe(false);
    expect(await recover('spoilt', { strategy: 'rollback' })).toMatchObject({ state: 'SUCCEEDED' });
    expect(await healthy('spoilt')).toBe(true);
    expect(await readFile(join(dataOf('spoilt'), 'ok'), 'utf8')).toBe('first');
  }, 90_000);

  test('and that a restart does not help climbs on to the rollback', async () => {
    await recover('climbs', { runbook: 'keep' });
    await rm(join(dataOf('climbs'), 'ok'));
    const ended = await recover('climbs', { strategy: 'hybrid' });
    expect(ended).toMatchObject({ state: 'SUCCEEDED' });
    expect(states(ended)).toMatchObject({ restart_1: 'succeeded', check_restart: 'failed', rollback_1: 'succeeded' });
    expect(await healthy('climbs')).toBe(true);
  }, 120_000);

  test('and comes to itself while its callers are kept away needs nothing else', async () => {
    const pid = send('spared', 'SIGSTOP');
    const { body } = await reviver.call('POST', '/recover/spared', { strategy: 'circuit_break' });
    const breaker = async () => (await reviver.call('GET', '/status')).body.circuit_breakers.spared;
    await eventually(async () => expect(await breaker()).toMatchObject({ state: 'open' }));
    process.kill(pid, 'SIGCONT');
    expect(await settled(reviver, body.id, 60_000)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await breaker()).toMatchObject({ state: 'closed' });
    expect(pidsOf('spared')).toEqual([pid]);
  }, 90_000);

  test.each(['scale_up', 'scale_down'])(
    'has one size, so that %s is refused with what is possible',
    async (strategy) => {
      const { status, body } = await reviver.call('POST', '/recover/killed', { strategy });
      expect(status).toBe(422);
      expect(body.detail).toMatch(
        new RegExp(`"${strategy}" cannot be done for killed \\(process\\)\\. Possible: restart`),
      );
    },
  );

  test('lets another one take over, and nothing is done when that one is not well', async () => {
    await writeFile(address, urlOf('serving'));
    send('serving', 'SIGKILL');
    send('standby', 'SIGSTOP');
    const refused = await recover('front', { strategy: 'failover' });
    expect(refused.state).toBe('FAILED');
    expect(existsSync(`${address}.promoted`)).toBe(false);
    expect(await readFile(address, 'utf8')).toBe(urlOf('serving'));

    send('standby', 'SIGCONT');
    expect(await recover('front', { strategy: 'failover' })).toMatchObject({ state: 'SUCCEEDED' });
    expect(await readFile(address, 'utf8')).toBe(urlOf('standby'));
    expect(existsSync(`${address}.promoted`)).toBe(true);
  }, 120_000);
});
