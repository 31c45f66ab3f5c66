import { execFile, spawn, spawnSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ActionContext, type OtherStep, UnknownOutcome } from '../../../../src/engine/actions/action.js';
import { findPlan } from '../../../../src/engine/actions/terraform/saved-plan.js';
import { terraformApply } from '../../../../src/engine/actions/terraform-apply.js';
import { terraformPlan } from '../../../../src/engine/actions/terraform-plan.js';
import type { JsonObject } from '../../../../src/engine/model/json.js';
import type { StepResult } from '../../../../src/engine/model/plan.js';
import { holds } from '../../../../src/engine/planner/expressions.js';
import { createExec } from '../../../../src/engine/processes/exec.js';
import { createGuardian } from '../../../../src/engine/processes/guardian.js';
import { groupsOf } from '../../../../src/engine/processes/run-groups.js';
import { eventually } from '../../../support/eventually.js';
import { processTable } from '../../../support/index.js';
import { contextWith } from '../../../unit/engine/actions/context.js';
import { startStateServer } from './terraform-state-server.js';

const installed = spawnSync('terraform', ['version']).status === 0;
const withTerraform = installed ? describe : describe.skip;
const why = installed ? '' : ' (skipped: terraform is not on the PATH)';

const guardian = createGuardian();
afterAll(() => guardian.close());

const CONFIGURATION = `
variable "colour" { default = "red" }
variable "pause" { default = "0" }
variable "secret" {
  default   = "none"
  sensitive = true
}
resource "terraform_data" "first" { input = var.colour }
resource "terraform_data" "hidden" { input = var.secret }
resource "terraform_data" "slow" {
  triggers_replace = var.colour
  depends_on       = [terraform_data.first, terraform_data.hidden]
  provisioner "local-exec" {
    command     = "touch begun; sleep $PAUSE"
    environment = { PAUSE = var.pause }
  }
}
output "colour" { value = var.colour }
`;

let root: string;
let dir: string;
let serial = 0;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tf-'));
  dir = join(root, 'infra');
  serial += 1;
  await mkdir(dir);
  await writeFile(join(dir, 'main.tf'), CONFIGURATION);
});
afterEach(() => rm(root, { recursive: true, force: true }));

function ctx(position: number, given: Partial<ActionContext> = {}): ActionContext {
  const runKey = `R-${process.pid}${serial}/${position}`;
  const signal = given.signal ?? new AbortController().signal;
  const exec = createExec(guardian)({ runKey, signal });
  return contextWith({ runKey, exec, dataDir: join(root, 'data'), now: () => new Date(), ...given, signal });
}

/** As the store remembers the planning step. */
const steps = (result?: StepResult) => ({
  step: (id: string): OtherStep | undefined =>
    id === 'plan' ? { runKey: ctx(0).runKey, ...(result ? { result } : {}) } : undefined,
});
const plan = (more: JsonObject = {}, context = ctx(0)) => terraformPlan.run({ dir, ...more }, context, {});
const approved = (): JsonObject => ({ plan_of: 'plan', dir });
const apply = (result?: StepResult, more: JsonObject = {}, given: Partial<ActionContext> = {}) =>
  terraformApply.run({ ...approved(), ...more }, ctx(1, { ...steps(result), ...given }), {});
const look = async () => (await terraformApply.look?.(approved(), ctx(1))) ?? {};
const probe = (result: StepResult, before: JsonObject) =>
  terraformApply.probe?.(approved(), before, ctx(1, steps(result)));
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: unknown) => error,
  );
const state = async (): Promise<string> => readFile(join(dir, 'terraform.tfstate'), 'utf8').catch(() => 'none');
/** Not in step with this process, which serves the state. */
const initialised = () => promisify(execFile)('terraform', ['init', '-input=false'], { cwd: dir });
const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

withTerraform(`a Terraform plan${why}`, () => {
  test('is saved, counted and shown, and changes nothing', async () => {
    const thread: string[] = [];
    const result = await plan({ vars: { secret: 'hunter2' } }, ctx(0, { log: (message) => thread.push(message) }));
    expect(thread).toEqual([result.plan_text]);
    expect(result).toMatchObject({
      summary: '3 to add, 0 to change, 0 to destroy, 1 output to change',
      has_changes: true,
      add: 3,
      destroy: 0,
      serial: null,
      plan: expect.stringMatching(/^R-\d+_0\.[0-9a-f]{64}$/),
      plan_text: expect.stringContaining('# terraform_data.first will be created'),
    });
    expect(JSON.stringify(result)).not.toContain('hunter2');
    expect(await state()).toBe('none');
    const [folder = ''] = await readdir(join(root, 'data', 'terraform'));
    const files = join(root, 'data', 'terraform', folder);
    expect((await readdir(files)).sort()).toEqual(['manifest.json', 'plan']);
    expect((await stat(files)).mode & 0o777).toBe(0o700);
    expect((await stat(join(files, 'plan'))).mode & 0o777).toBe(0o600);
  }, 30_000);

  test('takes variables from a file and from the step, which wins', async () => {
    await writeFile(join(dir, 'more.tfvars'), 'colour = "green"\npause = "1"\n');
    expect(await plan({ var_file: 'more.tfvars' })).toMatchObject({ plan_text: expect.stringContaining('"green"') });
    expect(await plan({ var_file: 'more.tfvars', vars: { colour: 'blue' } })).toMatchObject({
      plan_text: expect.stringContaining('"blue"'),
    });
  }, 30_000);

  test.each<[string, JsonObject, RegExp, string]>([
    [
      'a variable that is not there',
      { vars: { colr: 'blue' } },
      /^colr is no variable of .*Nothing was changed; mend vars\.$/,
      'terraform_vars',
    ],
    [
      'a file that is not there',
      { var_file: 'none.tfvars' },
      /^There is no file .*none\.tfvars on this node\. Nothing was changed\.$/,
      'no_file',
    ],
    [
      'a folder that is not there',
      { dir: '/nowhere/infra' },
      /^There is no folder \/nowhere\/infra on this node\. Nothing was changed/,
      'no_folder',
    ],
  ])(
    'with %s is refused, and nothing is saved',
    async (_, more, message, code) => {
      expect(await failure(plan(more))).toMatchObject({
        message: expect.stringMatching(message),
        options: { code, retryable: false },
      });
      expect(await readdir(join(root, 'data', 'terraform')).catch(() => [])).toEqual([]);
    },
    30_000,
  );

  test('of a broken configuration says where it is broken', async () => {
    await appendFile(join(dir, 'main.tf'), 'resource "terraform_data" "bad" { nonsense = 1 }\n');
    expect(await failure(plan())).toMatchObject({
      message: expect.stringMatching(
        /^terraform plan in .* failed: Unsupported argument: An argument named "nonsense" is not expected here.*Nothing was changed\.$/,
      ),
    });
  }, 30_000);

  test('of a state that somebody holds names who holds it', async () => {
    const first = await plan({ vars: { pause: '60' } });
    const controller = new AbortController();
    const applying = failure(apply(first, {}, { signal: controller.signal }));
    await eventually(() => exists(join(dir, 'begun')), { timeoutMs: 10_000 });
    expect(await failure(terraformPlan.run({ dir }, ctx(2), {}))).toMatchObject({
      message: expect.stringMatching(
        /Error acquiring the state lock: ID [0-9a-f-]+, Who \S+, Operation OperationTypeApply.*Nothing was changed\. Wait for/,
      ),
      options: { code: 'terraform_locked', retryable: true },
    });
    controller.abort(new Error('enough'));
    await applying;
  }, 60_000);

  test('that takes too long is interrupted', async () => {
    expect(await failure(plan({ timeout: '1ms' }))).toMatchObject({ options: { code: 'terraform_timeout' } });
    expect(await groupsOf(ctx(0).runKey)).toEqual([]);
  }, 30_000);

  test('may be made again after a crash', async () => {
    expect(await terraformPlan.probe?.({ dir }, {}, ctx(0))).toMatchObject({ outcome: 'not_done' });
    const first = await plan();
    const second = await plan({ vars: { colour: 'blue' } });
    expect(second.plan).not.toBe(first.plan);
    expect(await failure(apply(first))).toMatchObject({ options: { code: 'plan_changed' } });
  }, 30_000);

  test('tells a condition whether there is anything to apply', async () => {
    const facts = (result: StepResult) => ({ steps: { plan: { state: 'succeeded', result } } });
    const first = await plan();
    expect(await holds('steps.plan.result.has_changes', facts(first), 'when')).toBe(true);
    await apply(first);
    const second = await plan();
    expect(second).toMatchObject({ summary: 'no changes', has_changes: false, add: 0 });
    expect(await holds('steps.plan.result.has_changes', facts(second), 'when')).toBe(false);
    expect(await apply(second)).toMatchObject({ summary: 'no changes: there was nothing to apply' });
  }, 30_000);
});

withTerraform(`applying a Terraform plan${why}`, () => {
  test('does exactly what was planned, although the configuration changed since', async () => {
    const result = await plan();
    await appendFile(join(dir, 'main.tf'), 'resource "terraform_data" "late" {}\n');
    expect(await apply(result)).toMatchObject({
      summary: '3 added, 0 changed, 0 destroyed',
      serial: expect.any(Number),
    });
    expect(await state()).toContain('"name": "slow"');
    expect(await state()).not.toContain('"name": "late"');
  }, 30_000);

  test('finds the plan by its key, too', async () => {
    const result = await plan();
    const input = { dir, plan_of: String(result.plan) };
    expect(terraformApply.title(input)).toMatch(/^Apply the Terraform plan R-\d+_0\.[0-9a-f]{8} in /);
    expect(await terraformApply.run(input, ctx(1), {})).toMatchObject({ summary: '3 added, 0 changed, 0 destroyed' });
  }, 30_000);

  test.each<[string, (result: StepResult) => Promise<unknown>, string]>([
    ['of a step that is not there', async (result) => apply(result, { plan_of: 'plann' }), 'no_plan'],
    [
      'that another node has',
      async (result) => apply(result, {}, { dataDir: join(root, 'elsewhere') }),
      'plan_missing',
    ],
    ['for another folder', async (result) => apply(result, { dir: root }), 'plan_elsewhere'],
    [
      'whose file was changed',
      async (result) => {
        await appendFile(join(root, 'data', 'terraform', String(result.plan).slice(0, -65), 'plan'), 'x');
        return apply();
      },
      'plan_changed',
    ],
    [
      'whose file was put there by somebody who also mended its manifest',
      async (result) => {
        await plan({ vars: { colour: 'blue' } });
        return apply(result);
      },
      'plan_changed',
    ],
    [
      'of a key with another checksum',
      async (result) => apply(result, { plan_of: String(result.plan).replace(/.{8}$/, '00000000') }),
      'plan_changed',
    ],
  ])(
    '%s is refused',
    async (_, happen, code) => {
      const result = await plan();
      expect(await failure(happen(result))).toMatchObject({
        message: expect.stringMatching(/Nothing was changed; plan again\.$/),
        options: { code, retryable: false },
      });
      expect(await state()).toBe('none');
    },
    30_000,
  );

  test('that is stale is refused by Terraform', async () => {
    const result = await plan();
    const other = await terraformPlan.run({ dir, vars: { colour: 'blue' } }, ctx(5), {});
    await terraformApply.run({ dir, plan_of: String(other.plan) }, ctx(6), {});
    const before = await state();
    expect(await failure(apply(result))).toMatchObject({
      message: expect.stringMatching(
        /Saved plan is stale.*Nothing was changed\. Plan again, and have that plan approved\.$/,
      ),
      options: { code: 'plan_stale', retryable: false },
    });
    expect(await state()).toBe(before);
  }, 30_000);

  test('that fails half way says what of it is there', async () => {
    const broken = CONFIGURATION.replace('touch begun; sleep $PAUSE', 'echo no disk >&2; exit 3');
    await writeFile(join(dir, 'main.tf'), broken);
    const result = await plan();
    expect(await failure(apply(result))).toMatchObject({
      message: expect.stringMatching(
        /failed: local-exec provisioner error.*is in its state: 2 of 3 changes are there; not terraform_data\.slow\. Plan again to go on\.$/,
      ),
      options: { retryable: false },
    });
  }, 30_000);

  test('that is cancelled keeps its state and frees its lock', async () => {
    const result = await plan({ vars: { pause: '60' } });
    const controller = new AbortController();
    const context = ctx(1, { ...steps(result), signal: controller.signal });
    const applying = failure(terraformApply.run(approved(), context, {}));
    await eventually(() => exists(join(dir, 'begun')), { timeoutMs: 10_000 });
    controller.abort(new Error('cancelled by Ann'));
    expect(await applying).toMatchObject({ message: 'cancelled by Ann' });
    expect(await groupsOf(context.runKey)).toEqual([]);
    expect(await state()).toContain('"name": "first"');
    expect(await exists(join(dir, '.terraform.tfstate.lock.info'))).toBe(false);
    expect(await terraformPlan.run({ dir }, ctx(2), {})).toMatchObject({
      summary: '1 to add, 0 to change, 1 to destroy',
    });
  }, 60_000);

  test.each<[string, JsonObject, number]>([
    ['is cancelled', {}, 0],
    ['takes too long', { timeout: '2s' }, 2_000],
  ])(
    'that %s lets go of a lock that outlives it, and leaves no program',
    async (_name, more, afterMs) => {
      const remote = await startStateServer();
      try {
        await writeFile(join(dir, 'backend.tf'), remote.backend);
        await initialised();
        const result = await plan({ vars: { pause: '61.5' } });
        const controller = new AbortController();
        const context = ctx(1, { ...steps(result), signal: controller.signal });
        const applying = failure(terraformApply.run({ ...approved(), ...more }, context, {}));
        await eventually(() => exists(join(dir, 'begun')), { timeoutMs: 10_000 });
        expect(remote.lock()).toContain('OperationTypeApply');
        if (afterMs === 0) controller.abort(new Error('cancelled by Ann'));
        await applying;
        expect(remote.lock()).toBeUndefined();
        expect((await processTable()).filter(({ cwd, command }) => cwd === dir || command === 'sleep 61.5')).toEqual(
          [],
        );
        expect(await terraformPlan.run({ dir }, ctx(2), {})).toMatchObject({
          summary: '1 to add, 0 to change, 1 to destroy',
        });
      } finally {
        await remote.close();
      }
    },
    60_000,
  );

  test('whose worker is killed leaves no program; a lock that stays is told with what frees it', async () => {
    const remote = await startStateServer();
    try {
      await writeFile(join(dir, 'backend.tf'), remote.backend);
      await initialised();
      const result = await plan({ vars: { pause: '62.5' } });
      const { file } = await findPlan(String(result.plan), dir, ctx(1, steps(result)));
      const fixture = new URL('../processes/worker-fixture.ts', import.meta.url).pathname;
      const worker = spawn(
        process.execPath,
        ['--import', 'tsx', fixture, 'run', ctx(1).runKey, dir, 'terraform', 'apply', '-input=false', file],
        { stdio: 'ignore' },
      );
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      await eventually(() => exists(join(dir, 'begun')), { timeoutMs: 20_000 });
      worker.kill('SIGKILL');
      await ended;
      await eventually(async () =>
        expect((await processTable()).filter(({ cwd, command }) => cwd === dir || command === 'sleep 62.5')).toEqual(
          [],
        ),
      );
      expect(await failure(terraformPlan.run({ dir }, ctx(2), {}))).toMatchObject({
        message: expect.stringMatching(
          /Error acquiring the state lock: ID [0-9a-f-]+, Who \S+, .*when that process is gone for certain, terraform force-unlock with the ID frees it\.$/,
        ),
        options: { code: 'terraform_locked', retryable: true },
      });
      remote.free();
      expect(await terraformPlan.run({ dir }, ctx(3), {})).toMatchObject({ has_changes: true });
    } finally {
      await remote.close();
    }
  }, 60_000);

  test('that takes too long is in doubt, so that reality is looked at', async () => {
    const result = await plan({ vars: { pause: '60' } });
    const before = await look();
    const error = await failure(apply(result, { timeout: '2s' }));
    expect(error).toBeInstanceOf(UnknownOutcome);
    expect(await probe(result, before)).toEqual({
      outcome: 'unknown',
      evidence: expect.stringMatching(
        /^2 of 3 changes are there; not terraform_data\.slow \(serial none before, \d now\)$/,
      ),
    });
  }, 60_000);
});

withTerraform(`the question about a Terraform plan${why}`, () => {
  const detail = (result: StepResult, more: JsonObject = {}) =>
    terraformApply.detail?.({ ...approved(), ...more }, ctx(1, steps(result)));

  test('says what would be destroyed, changed and made, without a value', async () => {
    await apply(await plan());
    const changed = CONFIGURATION.replace('resource "terraform_data" "hidden" { input = var.secret }', '')
      .replace(', terraform_data.hidden', '')
      .concat('resource "terraform_data" "late" { input = "hunter2" }\n');
    await writeFile(join(dir, 'main.tf'), changed);
    const result = await plan({ vars: { colour: 'blue' } });
    const asked = await detail(result);
    expect(asked?.lines).toEqual([
      '2 to add, 1 to change, 2 to destroy, 1 output to change',
      '- terraform_data.hidden',
      '-/+ terraform_data.slow',
      '~ terraform_data.first',
      '~ output.colour',
      '+ terraform_data.late',
    ]);
    expect(asked?.facts).toMatchObject({ saved_plan: String(result.plan).slice(-64), dir, serial: result.serial });
    expect(JSON.stringify(asked)).not.toContain('hunter2');
  }, 30_000);

  test('is another one when the state is another one, and is not asked about a plan that is stale', async () => {
    const first = await plan();
    const asked = await detail(first);
    const other = await terraformPlan.run({ dir, vars: { colour: 'blue' } }, ctx(5), {});
    const byKey = { plan_of: String(first.plan) };
    expect(await detail({}, byKey)).toEqual(asked);
    await terraformApply.run({ dir, plan_of: String(other.plan) }, ctx(6), {});
    expect((await detail({}, byKey))?.facts).not.toEqual(asked?.facts);
    expect(await failure(Promise.resolve(detail(first)))).toMatchObject({
      message: expect.stringMatching(
        /^The Terraform plan for .* is stale: somebody changed its state since \(serial none when it was made, \d+ now\)\. Nothing was changed; retry/,
      ),
      options: { code: 'plan_stale', retryable: false },
    });
  }, 30_000);

  test('is not asked when the file of the plan was changed', async () => {
    const result = await plan();
    await appendFile(join(root, 'data', 'terraform', String(result.plan).slice(0, -65), 'plan'), 'x');
    expect(await failure(Promise.resolve(detail(result)))).toMatchObject({ options: { code: 'plan_changed' } });
  }, 30_000);
});

withTerraform(`after a crash in terraform_apply${why}`, () => {
  test('it is not done when Terraform was not started', async () => {
    const result = await plan();
    expect(await probe(result, await look())).toEqual({ outcome: 'not_done', evidence: 'terraform was not started' });
  }, 30_000);

  test('it is done when the whole plan is in the state', async () => {
    const result = await plan();
    const before = await look();
    await apply(result);
    expect(await probe(result, before)).toMatchObject({
      outcome: 'done',
      evidence: expect.stringMatching(/^all of the plan is in the state \(serial none before, \d now\)$/),
      result: { plan: result.plan },
    });
  }, 30_000);

  test('changes of what is there are seen, too', async () => {
    await apply(await plan());
    const result = await plan({ vars: { colour: 'blue' } });
    expect(result).toMatchObject({ summary: '1 to add, 1 to change, 1 to destroy, 1 output to change' });
    const before = await look();
    await apply(result);
    expect(await probe(result, before)).toMatchObject({ outcome: 'done' });
  }, 30_000);

  test('it is unknown when Terraform was killed in the middle', async () => {
    const result = await plan({ vars: { pause: '60' } });
    const before = await look();
    const context = ctx(1, steps(result));
    const applying = failure(terraformApply.run(approved(), context, before));
    await eventually(() => exists(join(dir, 'begun')), { timeoutMs: 10_000 });
    for (const group of (await groupsOf(context.runKey)) ?? []) process.kill(-group, 'SIGKILL');
    await applying;
    expect(await probe(result, before)).toEqual({
      outcome: 'unknown',
      evidence: expect.stringMatching(
        /^2 of 3 changes are there; not terraform_data\.slow \(serial none before, \d now\)$/,
      ),
    });
  }, 60_000);

  test('it is unknown when it was started and the state did not move, and when nobody looked', async () => {
    await apply(await plan());
    const result = await plan({ vars: { colour: 'blue' } });
    const before = await look();
    await failure(apply(result, { timeout: '1ms' }));
    expect(await probe(result, before)).toEqual({
      outcome: 'unknown',
      evidence: expect.stringMatching(
        /^terraform was started, and its state is the one from before \(serial \d before, \d now\)/,
      ),
    });
    expect(await probe(result, {})).toMatchObject({ outcome: 'unknown' });
  }, 30_000);

  test('it is unknown when there is another state by now', async () => {
    await apply(await plan());
    const result = await plan({ vars: { colour: 'blue' } });
    const before = await look();
    await failure(apply(result, { timeout: '1ms' }));
    await writeFile(
      join(dir, 'terraform.tfstate'),
      (await state()).replace(/"lineage": "[^"]+"/, '"lineage": "another"'),
    );
    expect(await probe(result, before)).toMatchObject({
      outcome: 'unknown',
      evidence: 'the state is not the one that the plan is about',
    });
  }, 30_000);
});

describe('a preview', () => {
  const noProgram = (position: number) =>
    ctx(position, {
      exec: () => {
        throw new Error('looking must not have an effect');
      },
    });

  test('looks at the files, and starts no program', async () => {
    await writeFile(join(dir, 'terraform.tfstate'), JSON.stringify({ serial: 7, resources: [{}, {}] }));
    expect(await terraformPlan.preview?.({ dir }, noProgram(0))).toMatch(
      /^would plan \/.*: 1 file, 2 resources in the state \(serial 7\); what would/,
    );
    expect(await terraformApply.preview?.(approved(), noProgram(1))).toMatch(
      /^would apply the plan that step plan saves, and no other; .* has 1 file, 2 resources/,
    );
  });

  test('says where the state is when it is not a file, and what is not there', async () => {
    await mkdir(join(dir, '.terraform'));
    await writeFile(join(dir, '.terraform', 'terraform.tfstate'), JSON.stringify({ backend: { type: 's3' } }));
    expect(await terraformPlan.preview?.({ dir }, noProgram(0))).toContain(
      'the state is in s3, which is not looked at',
    );
    await expect(terraformPlan.preview?.({ dir: '/nowhere' }, noProgram(0))).rejects.toThrow(
      /There is no folder \/nowhere/,
    );
  });
});
