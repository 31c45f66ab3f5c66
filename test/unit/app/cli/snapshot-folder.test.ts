import { expect, test } from '@jest/globals';
import { hourlySnapshotFolder } from '../../../../src/app/cli/snapshot-folder.js';
import { readEnvironment } from '../../../../src/config/environment.js';

const folder = (given: string | undefined, dumps: string[]) =>
  hourlySnapshotFolder(
    readEnvironment({ REVIVER_DATA: '/data', ...(given === undefined ? {} : { BACKUP_VOLUMES_DIR: given }) }),
    dumps,
  );

test('hourly snapshots have a folder of their own', () => {
  expect(folder(undefined, ['/data/backups'])).toBe('/data/snapshots-hourly');
  expect(folder('/volumes', ['/data/backups', '/volumes-of-others'])).toBe('/volumes');
});

test.each([
  ['the same', '/dumps', '/dumps'],
  ['within that of dumps', '/dumps/volumes', '/dumps'],
  ['around that of dumps', '/all', '/all/dumps'],
])('a folder that is %s is refused before anything starts', (_, given, dumps) => {
  expect(() => folder(given, [dumps])).toThrow('Snapshots and dumps are kept apart');
});
