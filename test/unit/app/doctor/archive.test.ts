import { expect, test } from '@jest/globals';
import { checkArchive } from '../../../../src/app/doctor/check-settings.js';
import { readEnvironment } from '../../../../src/config/environment.js';

const said = (env: Record<string, string>) =>
  checkArchive({
    config: undefined,
    environment: readEnvironment(env),
    problems: [],
    env: {},
    runbooks: async () => [],
    configError: undefined,
  })(new AbortController().signal);

test('doctor reminds of an archive that is not encrypted on the disk, and of one that lies here alone', async () => {
  expect(await said({})).toEqual([]);
  const store = { BACKUP_ARCHIVE_S3_URL: 's3://bucket/archive?region=eu-central-1' };
  const [plain, ...none] = await said({ BACKUP_WAL_DIR: '/wal', BACKUP_BASE_DIR: '/base', ...store });
  expect(plain?.what).toBe('base backups and the log lie in /base and /wal, not encrypted');
  expect(none).toEqual([]);
  expect((await said({ BACKUP_WAL_DIR: '/wal' })).map(({ what }) => what)).toContainEqual(
    expect.stringContaining('lie here alone'),
  );
});
