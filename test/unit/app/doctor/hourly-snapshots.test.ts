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
    'warning: BACKUP_VOLUMES_S3_URL is not set: hourly snapshots lie on this disk alone',
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

test.each([
  ['a bucket of their own', 's3://volumes', 'ok: copies go to https://volumes.s3.us-east-1.amazonaws.com'],
  [
    'the bucket of the dumps',
    's3://dumps/volumes',
    'warning: copies go to https://dumps.s3.us-east-1.amazonaws.com, the bucket of the dumps: what is done to it is done to both',
  ],
  [
    'the place of the dumps',
    's3://dumps/reviver/volumes',
    'broken: BACKUP_VOLUMES_S3_URL and BACKUP_S3_URL name the same place',
  ],
])('doctor says that copies of snapshots go to %s', async (_, url, wanted) => {
  const findings = await said(`  - { name: web, runtime: docker, container_name: web, ${HOURLY} }`, {
    BACKUP_S3_URL: 's3://dumps/reviver',
    BACKUP_VOLUMES_S3_URL: url,
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
  });
  expect(findings.map(({ state, what }) => `${state}: ${what}`).at(-1)).toMatch(wanted);
});
