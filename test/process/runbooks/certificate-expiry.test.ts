import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, withDatabase, withRedis } from '../../support/index.js';
import { startTrial, type Trial } from '../../support/runbook-trial.js';
import { freePorts } from '../docker-patients.js';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'cert-')));
const at = (...more: string[]): string => join(root, ...more);
const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const openssl = (...args: string[]): string => execFileSync('openssl', args, { cwd: root, stdio: 'pipe' }).toString();

/** What a renewal does: a new certificate for the name, signed by the authority, in the place of the old one. */
const renewal = (days: string, file: string): string => `#!/bin/sh
set -e
cd ${root}
openssl req ${CURVE.join(' ')} -keyout ${file}.key.new -out ${file}.csr -subj /CN=$1 -addext subjectAltName=DNS:$1
openssl x509 -req -in ${file}.csr -CA ca.pem -CAkey ca.key -set_serial 0x$(openssl rand -hex 8) -days ${days} -copy_extensions copy -out ${file}.new
mv ${file}.key.new ${file}.key
mv ${file}.new ${file}
`;

/** Reads its files when it starts and when it is told to, and ends with its folder. */
const SERVER = `
const fs = require('fs'), tls = require('tls');
const [file, port, hears] = process.argv.slice(1);
const read = () => ({ cert: fs.readFileSync(file), key: fs.readFileSync(file + '.key') });
const server = tls.createServer(read(), (socket) => socket.end('hello')).listen(Number(port), '127.0.0.1');
if (hears === 'hears') process.on('SIGHUP', () => server.setSecureContext(read()));
setInterval(() => fs.existsSync(file) || process.exit(0), 100);
`;

const database = withDatabase();
const redis = withRedis();
let trial: Trial;
let ports: number[];
const NAMES = ['tls1', 'tls2', 'tls3', 'tls4'];
const portOf = (name: string): number => ports[NAMES.indexOf(name)] ?? 0;

beforeAll(async () => {
  ports = await freePorts(NAMES.length);
  openssl('req', '-x509', ...CURVE, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=authority', '-days', '30');
  await writeFile(at('broken'), '#!/bin/sh\necho "rate limit of the authority reached" >&2\nexit 1\n', { mode: 0o755 });
  for (const name of NAMES) {
    for (const [program, days] of [
      ['expire', '-1'],
      ['renew', '90'],
    ] as const)
      await writeFile(at(`${name}-${program}`), renewal(days, `${name}.pem`), { mode: 0o755 });
    execFileSync(at(`${name}-expire`), ['localhost'], { stdio: 'pipe' });
  }
  const services = NAMES.map(
    (name) => `  - name: ${name}
    runtime: process
    process: { command: [node, -e, ${JSON.stringify(SERVER)}, "${at(`${name}.pem`)}", "${portOf(name)}", ${name === 'tls3' ? 'deaf' : 'hears'}], cwd: "${root}" }
    health: [{ type: tcp, url: "tcp://127.0.0.1:${portOf(name)}", interval: 1h, timeout: 2s }]`,
  );
  trial = await startTrial({ databaseUrl: database.url, redisUrl: redis.url, services: services.join('\n') });
}, 90_000);

afterAll(() => rm(root, { recursive: true, force: true }));

async function starts(name: string): Promise<void> {
  expect((await trial.reviver.call('POST', `/recover/${name}`, { strategy: 'restart' })).status).toBe(202);
  await eventually(async () => expect(await met(name)).toBe('CERT_HAS_EXPIRED'), { timeoutMs: 20_000 });
  await eventually(async () => expect((await trial.reviver.call('GET', '/status')).body.active_recoveries).toBe(0));
}

/** As people meet it who trust the authority: `well`, or why not. */
async function met(name: string): Promise<string> {
  const ca = await readFile(at('ca.pem'));
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: portOf(name), servername: 'localhost', ca });
    socket.once('secureConnect', () => resolve('well'));
    socket.once('error', (error) => resolve(String(Reflect.get(error, 'code'))));
    socket.once('close', () => resolve('closed'));
    socket.on('data', () => socket.destroy());
  });
}

const paramsOf = (name: string, more: object = {}) => ({
  server: `127.0.0.1:${portOf(name)}`,
  name: 'localhost',
  file: at(`${name}.pem`),
  renew: at(`${name}-renew`),
  ...more,
});

describe('certificate_expiry', () => {
  test('renews one that is over, and the service serves it without a restart', async () => {
    await starts('tls1');
    const brokenAt = performance.now();
    const outcome = await trial.run({
      service: 'tls1',
      runbook: 'certificate_expiry',
      fault: 'a certificate that is over',
      params: paramsOf('tls1'),
      brokenAt,
    });
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', firstAttempt: true, asked: [null] });
    expect(outcome.steps).toMatchObject({ renew: 'succeeded', reload: 'succeeded', restart: 'skipped' });
    expect(await met('tls1')).toBe('well');
    expect(outcome.view.steps.at(-2).summary).toMatch(/certificate for localhost, with (89|90) days left/);
  }, 60_000);

  test('only reloads when the file was renewed already', async () => {
    await starts('tls2');
    const brokenAt = performance.now();
    execFileSync(at('tls2-renew'), ['localhost'], { stdio: 'pipe' });
    const params = paramsOf('tls2', { renew: at('broken') });
    const outcome = await trial.run({
      service: 'tls2',
      runbook: 'certificate_expiry',
      fault: 'renewed, and nobody told the service',
      params,
      brokenAt,
    });
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', steps: { renew: 'skipped', reload: 'succeeded' } });
    expect(await met('tls2')).toBe('well');
  }, 60_000);

  test('does not send SIGHUP to a service that would die of it, and a restart helps', async () => {
    await starts('tls3');
    const brokenAt = performance.now();
    const params = paramsOf('tls3');
    const refused = await trial.run({ service: 'tls3', runbook: 'certificate_expiry', params, brokenAt });
    expect(refused).toMatchObject({ state: 'FAILED', steps: { renew: 'succeeded', reload: 'failed' } });
    expect(refused.view.outcome.message).toMatch(/does not listen to SIGHUP.*Nothing was sent; restart it instead/);
    expect(await met('tls3')).toBe('CERT_HAS_EXPIRED');
    const again = { ...params, how: 'restart' };
    const outcome = await trial.run({
      service: 'tls3',
      runbook: 'certificate_expiry',
      params: again,
      brokenAt,
    });
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', steps: { renew: 'skipped', restart: 'succeeded' } });
    expect(await met('tls3')).toBe('well');
  }, 60_000);

  test('leaves the service alone when the renewal fails, and says what it said', async () => {
    await starts('tls4');
    const params = paramsOf('tls4', { renew: at('broken') });
    const outcome = await trial.run({
      service: 'tls4',
      runbook: 'certificate_expiry',
      params,
      brokenAt: performance.now(),
    });
    expect(outcome).toMatchObject({ state: 'FAILED', steps: { renew: 'failed', reload: 'pending' } });
    expect(outcome.view.outcome.message).toContain('rate limit of the authority reached');
    expect(await met('tls4')).toBe('CERT_HAS_EXPIRED');
  }, 60_000);
});
