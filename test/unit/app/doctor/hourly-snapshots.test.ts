import { expect, test } from '@jest/globals';
import { checkHourlySnapshots } from '../../../../src/app/doctor/check-hourly-snapshots.js';
import { readEnvironment } from '../../../../src/config/environment.js';
import { parseConfig } from '../../../../src/config/load.js';

const { signal } = new AbortController();
const said = (services: string, env: Record<string, string> = {}) => {
  const config = parseConfig(`services:\n${services}`, '/etc/reviver/reviver.yaml');
  const environment = readEnvironment({ REVIVER_DATA: '/data', ...env });
  return checkHourlySnapshots({
    config,
    environment,
    problems: [],
    env: {},
    runbooks: async () => [],
    configError: undefined,
  })(signal);
};
const HOURLY = 'snapshots: { hourly: true }';

test('doctor says nothing of hourly snapshots where nobody asks for them', async () => {
  expect(await said('  - { name: web, runtime: docker, container_name: web }')).toEqual([]);
});

test('doctor names services whose data are not kept with them', async () => {
  const findings = await said(
    `  - { name: web, runtime: docker, container_name: web, ${HOURLY} }
  - { name: job, runtime: process, process: { command: ["true"], cwd: . }, ${HOURLY} }
  - { name: cache, runtime: process, process: { command: ["true"], cwd: . }, health: [{ type: redis, url: "redis://127.0.0.1" }], ${HOURLY} }
  - { name: unit, runtime: systemd, systemd: { unit: unit.service }, ${HOURLY} }`,
  );
  expect(findings.map(({ state, what }) => `${state}: ${what}`)).toEqual([
    'ok: 4 in /data/snapshots-hourly',
    'warning: job: a process without data_dir has no files that are known',
    'warning: unit: the runtime systemd keeps no files',
  ]);
});

test('doctor finds snapshots that lie where dumps do', async () => {
  expect(
    await said(`  - { name: web, runtime: docker, container_name: web, ${HOURLY} }`, {
      BACKUP_VOLUMES_DIR: '/data/backups/volumes',
    }),
  ).toEqual([expect.objectContaining({ state: 'broken', what: expect.stringContaining('kept apart') })]);
});
