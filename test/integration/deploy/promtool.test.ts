import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { toolMissing } from '../../../scripts/setup/tools.mjs';

const missing = toolMissing('prometheus');
const given = missing ? describe.skip : describe;
if (missing) console.log(`Skipped: ${missing}`);

function promtool(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: 'deploy/prometheus', encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}

given('promtool', () => {
  test('finds no fault with the configuration and the rules', () => {
    const { status, said } = promtool('check', 'config', 'prometheus.yml');
    expect(said).toContain('13 rules found');
    expect(status).toBe(0);
  });

  test('sees each alert fire, keep silent, and end', () => {
    const { status, said } = promtool('test', 'rules', 'alerts.test.yml');
    expect(said).toContain('SUCCESS');
    expect(status).toBe(0);
  });
});
