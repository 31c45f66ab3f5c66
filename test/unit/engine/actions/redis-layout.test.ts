import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { redisLayout } from '../../../../src/engine/actions/redis-data/layout.js';
import { formFor } from '../../../../src/engine/actions/redis-data/place.js';
import { serviceWith } from './context.js';

const layoutOf = (command: string[], cwd = '/srv') =>
  redisLayout(serviceWith({ dataDir: '/data', process: { command, cwd, env: {} } }));

describe('where a Redis keeps its data', () => {
  test('is known by default', async () => {
    expect(await layoutOf(['redis-server', '--port', '6380'])).toEqual({
      folder: '/data',
      dump: 'dump.rdb',
      appendFolder: 'appendonlydir',
      appendFile: 'appendonly.aof',
      appendOnly: 'no',
    });
  });

  test('is read from the command line', async () => {
    const command = [
      '/usr/bin/redis-server',
      '--dbfilename',
      'shop.rdb',
      '--appendonly',
      'YES',
      '--appendfilename',
      '"a.aof"',
    ];
    expect(await layoutOf(command)).toMatchObject({ dump: 'shop.rdb', appendOnly: 'yes', appendFile: 'a.aof' });
    expect(await layoutOf(['redis-server', '--appendonly yes'])).toMatchObject({ appendOnly: 'yes' });
  });

  test('is read from the configuration file, which the command line overrides', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'reviver-layout-'));
    await writeFile(join(folder, 'redis.conf'), '# appendonly no\nappendonly yes\nappenddirname "aof"\n');
    expect(await layoutOf(['redis-server', 'redis.conf'], folder)).toMatchObject({
      appendOnly: 'yes',
      appendFolder: 'aof',
    });
    expect(await layoutOf(['redis-server', 'redis.conf', '--appendonly', 'no'], folder)).toMatchObject({
      appendOnly: 'no',
    });
    await rm(folder, { recursive: true });
  });

  test.each([[['redis-server', '/no/such.conf']], [['sh', '-c', 'redis-server']], [['redis-server', '-']]])(
    'cannot be told from %j',
    async (command) => {
      expect(await layoutOf(command)).toMatchObject({ appendOnly: 'unknown', dump: 'dump.rdb' });
    },
  );

  test('may be given by Redis itself, else data_dir is asked for', async () => {
    const process = { command: ['redis-server', '--dir', 'data'], cwd: '/srv', env: {} };
    expect(await redisLayout(serviceWith({ process }))).toMatchObject({ folder: '/srv/data' });
    await expect(redisLayout(serviceWith())).rejects.toThrow(/set data_dir of the service/);
  });
});

describe('the form that Redis will read', () => {
  const layout = { folder: '/data', dump: 'dump.rdb', appendFolder: 'appendonlydir', appendFile: 'appendonly.aof' };
  test.each([
    ['no', [], 'dump'],
    ['no', ['appendonlydir'], 'dump'],
    ['yes', [], 'append_folder'],
    ['yes', ['appendonlydir', 'appendonly.aof'], 'append_folder'],
    ['yes', ['appendonly.aof'], 'append_file'],
    ['unknown', ['dump.rdb'], 'dump'],
    ['unknown', ['appendonlydir'], 'append_folder'],
    ['unknown', ['appendonly.aof'], 'append_file'],
  ] as const)('with appendonly %s and %j before is %s', (appendOnly, had, form) => {
    expect(formFor({ ...layout, appendOnly }, had)).toBe(form);
  });
});
