import { expect, test } from '@jest/globals';
import { dumpBuckets } from '../../../../src/app/cli/installation.js';
import { hourlySnapshotBucket } from '../../../../src/app/cli/snapshot-bucket.js';
import { readEnvironment } from '../../../../src/config/environment.js';

const bucket = (volumes: string | undefined, dumps: Record<string, string>) => {
  const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
  const environment = readEnvironment({ ...keys, ...dumps, ...(volumes ? { BACKUP_VOLUMES_S3_URL: volumes } : {}) });
  return hourlySnapshotBucket(environment, dumpBuckets(environment));
};

test('hourly snapshots have a bucket of their own, or none', () => {
  expect(bucket(undefined, { BACKUP_S3_URL: 's3://dumps' })).toBeUndefined();
  expect(bucket('s3://volumes', { BACKUP_S3_URL: 's3://dumps' })).toMatchObject({ prefix: '' });
  expect(bucket('s3://one/volumes', { BACKUP_S3_URL: 's3://one/volumes-of-others' })).toMatchObject({
    prefix: 'volumes/',
  });
});

test.each([
  ['the same', 's3://one/reviver', { BACKUP_S3_URL: 's3://one/reviver/' }, 'BACKUP_S3_URL'],
  ['within that of dumps', 's3://one/reviver/volumes', { BACKUP_S3_URL: 's3://one/reviver' }, 'BACKUP_S3_URL'],
  ['around that of base backups', 's3://one', { BACKUP_ARCHIVE_S3_URL: 's3://one/wal' }, 'BACKUP_ARCHIVE_S3_URL'],
])('a place that is %s is refused before anything starts', (_, volumes, dumps, variable) => {
  expect(() => bucket(volumes, dumps)).toThrow(`BACKUP_VOLUMES_S3_URL and ${variable} name the same place`);
});

test('an address without credentials is told by its own variable', () => {
  const environment = readEnvironment({ BACKUP_VOLUMES_S3_URL: 's3://volumes' });
  expect(() => hourlySnapshotBucket(environment, [])).toThrow('BACKUP_VOLUMES_S3_URL has no credentials');
});
