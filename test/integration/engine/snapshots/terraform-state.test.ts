import { spawnSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { terraformApply } from '../../../../src/engine/actions/terraform-apply.js';
import { terraformPlan } from '../../../../src/engine/actions/terraform-plan.js';
import { serviceWith } from '../../../unit/engine/actions/context.js';
import { freshRoot, keptService } from './subject.js';

const installed = spawnSync('terraform', ['version']).status === 0;
if (!installed) process.stderr.write('Left out: terraform is not on the PATH, so its states are not tested\n');

const configuration = (colour: string): string =>
  `resource "terraform_data" "first" { input = "${colour}" }\nresource "terraform_data" "${colour}" {}\n`;

async function infra() {
  const root = await freshRoot('tf-snapshot-');
  const dir = join(root, 'infra');
  await mkdir(dir);
  const kept = keptService(
    serviceWith({ name: 'web', process: { command: ['sleep', '600'], cwd: root, env: {} } }),
    root,
  );
  await kept.runtime.start(AbortSignal.timeout(5_000));
  let step = 0;
  const apply = async (colour: string): Promise<void> => {
    await writeFile(join(dir, 'main.tf'), configuration(colour));
    step += 1;
    const { plan } = await terraformPlan.run({ dir }, kept.context(`R-9/${step}`), {});
    await terraformApply.run({ dir, plan_of: String(plan) }, kept.context(`R-9/${100 + step}`), {});
  };
  const state = async () => JSON.parse(await readFile(join(dir, 'terraform.tfstate'), 'utf8'));
  const names = async (): Promise<string[]> =>
    (await state()).resources.map(({ name }: { name: string }) => name).sort();
  return { ...kept, dir, apply, state, names, only: { terraform: undefined, only: ['terraform'] } };
}

(installed ? describe : describe.skip)('the state of Terraform', () => {
  test('is kept with the service, and put back only when it is named', async () => {
    const web = await infra();
    await web.apply('red');
    const taken = await web.take('R-1/0', { terraform: web.dir });
    expect(taken.summary).toMatch(/Terraform state of .*\/infra, serial \d+, 2 resources$/);
    await web.apply('blue');
    const { serial, lineage } = await web.state();
    await expect(web.restore('R-1/1')).rejects.toThrow(
      /holds terraform, which is put back only when "only" names it\. Nothing was changed\./,
    );
    expect(await web.names()).toEqual(['blue', 'first']);

    const { result } = await web.restore('R-1/1', { only: ['terraform'] });
    expect(await web.names()).toEqual(['first', 'red']);
    const now = await web.state();
    expect(now.lineage).toBe(lineage);
    expect(now.serial).toBeGreaterThan(serial);
    expect(result.summary).toContain(`now as serial ${now.serial}`);

    await web.restore('R-1/2', { taken_by: 'R-1/1 before', only: ['terraform'] });
    expect(await web.names()).toEqual(['blue', 'first']);
  }, 60_000);

  test('that was made anew since is another one: refused, and nothing is changed', async () => {
    const web = await infra();
    await web.apply('red');
    await web.take('R-2/0', { terraform: web.dir });
    await rm(join(web.dir, 'terraform.tfstate'));
    await web.apply('blue');
    const was = await web.state();
    await expect(web.restore('R-2/1', { only: ['terraform'] })).rejects.toThrow(
      /is not a later one of the state that was kept: it was made anew.*Nothing was changed\./,
    );
    expect(await web.state()).toEqual(was);
  }, 60_000);

  test('that is gone comes back as it was', async () => {
    const web = await infra();
    await web.apply('red');
    await web.take('R-3/0', { terraform: web.dir });
    const was = await web.state();
    await rm(join(web.dir, 'terraform.tfstate'));
    await web.restore('R-3/1', { only: ['terraform'] });
    expect(await web.state()).toEqual(was);
  }, 60_000);
});
