import { spawnSync } from 'node:child_process';
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Answer, type Installation, install } from '../support/reviver.js';
import { settled } from './docker-patients.js';

const installed = spawnSync('terraform', ['version']).status === 0;
if (!installed)
  process.stderr.write('Left out: terraform is not on the PATH, so plans under approval are not tested\n');

const CHANGE = `id: change
params: { dir: { type: string } }
steps:
  - { id: plan, action: terraform_plan, with: { dir: "{{ params.dir }}" } }
  - { id: apply, action: terraform_apply, with: { plan_of: plan, dir: "{{ params.dir }}" }, snapshot: true }
`;

const SERVICES = [1, 2, 3, 4]
  .map((n) => `  - { name: web${n}, runtime: process, process: { command: ["true"], cwd: . } }`)
  .join('\n');

const database = withDatabase();
const redis = withRedis();
let reviver: Installation;

beforeAll(async () => {
  if (!installed) return;
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: SERVICES,
    runbooks: { 'change.yaml': CHANGE },
    more: 'approvals: { rules: [{ when: "true", need: 0 }] }',
  });
  const env = { REVIVER_SECRET_KEY: '11'.repeat(32) };
  await reviver.start('server', ['start', '--role', 'api'], env);
  await reviver.start('worker', ['worker'], env);
}, 90_000);

afterAll(async () => {
  await reviver?.stop();
}, 60_000);

async function configured(
  name: string,
): Promise<{ dir: string; write(text: string): Promise<void>; state(): Promise<string> }> {
  const dir = join(reviver.folder, name);
  await mkdir(dir, { recursive: true });
  const write = (text: string) => writeFile(join(dir, 'main.tf'), text);
  await write('resource "terraform_data" "first" { input = "red" }\n');
  return { dir, write, state: () => readFile(join(dir, 'terraform.tfstate'), 'utf8').catch(() => 'none') };
}

/** Begins a recovery and waits until people are asked about its last step. */
async function asked(service: string, dir: string): Promise<Answer> {
  const { status, body } = await reviver.call('POST', `/recover/${service}`, { runbook: 'change', params: { dir } });
  expect(`${status} ${body.detail ?? ''}`).toBe('202 ');
  return eventually(
    async () => {
      const { body: now } = await reviver.call('GET', `/recoveries/${body.id}`);
      expect(now.state).toBe('AWAITING_APPROVAL');
      return now;
    },
    { timeoutMs: 30_000 },
  );
}

const approve = (id: string) => reviver.call('POST', `/recoveries/${id}/approve`, {}, 'lee');

(installed ? describe : describe.skip)('a plan of Terraform under approval', () => {
  test('is shown in the question, and exactly it is applied', async () => {
    const infra = await configured('one');
    const { id, approvals } = await asked('web1', infra.dir);
    expect(approvals).toMatchObject([
      { step: 'apply', details: ['1 to add, 0 to change, 0 to destroy', '+ terraform_data.first'] },
    ]);
    await infra.write('resource "terraform_data" "later" {}\n');
    expect((await approve(id)).status).toBe(200);
    expect(await settled(reviver, id)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await infra.state()).toContain('"name": "first"');
    expect(await infra.state()).not.toContain('"name": "later"');
  }, 60_000);

  test('whose file is exchanged between question and start is refused, with what to do', async () => {
    const infra = await configured('two');
    const { id } = await asked('web2', infra.dir);
    const plans = join(reviver.folder, 'data', 'terraform');
    for (const name of (await readdir(plans)).filter((one) => one.startsWith(id)))
      await appendFile(join(plans, name, 'plan'), 'x');
    await approve(id);
    const ended = await settled(reviver, id);
    expect(ended.steps.find(({ id: step }: Answer) => step === 'apply').error).toMatchObject({
      code: 'plan_changed',
      message: expect.stringMatching(/is not the one that was shown and approved\. Nothing was changed; plan again\./),
    });
    expect(await infra.state()).toBe('none');
  }, 60_000);

  test('whose state somebody changed between question and start is refused, with what to do', async () => {
    const infra = await configured('three');
    const { id } = await asked('web3', infra.dir);
    const env = { ...process.env, CHECKPOINT_DISABLE: '1' };
    expect(spawnSync('terraform', ['apply', '-auto-approve'], { cwd: infra.dir, env }).status).toBe(0);
    await approve(id);
    const ended = await settled(reviver, id);
    expect(ended.steps.find(({ id: step }: Answer) => step === 'apply').error).toMatchObject({
      code: 'plan_stale',
      message: expect.stringMatching(
        /is stale: somebody changed its state since .*Nothing was changed; retry the recovery/,
      ),
    });
  }, 60_000);

  test('has the state kept before it is applied', async () => {
    const infra = await configured('four');
    const first = await asked('web4', infra.dir);
    await approve(first.id);
    await settled(reviver, first.id);
    await infra.write('resource "terraform_data" "second" {}\n');
    const { id } = await asked('web4', infra.dir);
    await approve(id);
    await settled(reviver, id);
    const { body } = await reviver.call('GET', '/snapshots/web4');
    expect(body.items[0]).toMatchObject({
      taken_by: expect.stringMatching(new RegExp(`^${id}/`)),
      contents: [expect.stringMatching(/^Terraform state of .*\/four, serial \d+, 1 resource$/)],
    });
  }, 60_000);
});
