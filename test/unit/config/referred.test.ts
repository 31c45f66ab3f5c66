import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { inspectEnvironment, readEnvironment } from '../../../src/config/environment.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'referred-'));
  await writeFile(join(folder, 'url'), 'postgresql://u:a-secret-1@127.0.0.1/x\n');
});
afterAll(() => rm(folder, { recursive: true }));

describe('a secret variable', () => {
  test('may say in which file, or in which other variable, its value lies', () => {
    const env = { DATABASE_URL: `file:${folder}/url`, REDIS_URL: 'env:THE_REDIS', THE_REDIS: 'redis://127.0.0.1:6379' };
    const { DATABASE_URL, REDIS_URL } = readEnvironment(env);
    expect(DATABASE_URL?.reveal()).toBe('postgresql://u:a-secret-1@127.0.0.1/x');
    expect(REDIS_URL?.reveal()).toBe('redis://127.0.0.1:6379');
  });

  test.each([
    ['file:/nowhere', 'DATABASE_URL refers to file:/nowhere, which is not there'],
    ['env:NOBODY', 'DATABASE_URL refers to env:NOBODY, which is not there'],
    ['vault:secret/data/a#b', 'DATABASE_URL names a secret of Vault'],
  ])('%s is told by its name', (value, says) => {
    const { environment, problems } = inspectEnvironment({ DATABASE_URL: value });
    expect(problems).toEqual([expect.stringContaining(says)]);
    expect(environment.DATABASE_URL).toBeUndefined();
  });

  test('what is malformed there is told without its value', async () => {
    await writeFile(join(folder, 'bad'), 'no-url-but-a-secret');
    const { problems } = inspectEnvironment({ DATABASE_URL: `file:${folder}/bad` });
    expect(problems.join()).toContain('DATABASE_URL: its value is not allowed');
    expect(problems.join()).not.toContain('no-url-but-a-secret');
  });
});

test('one that is no secret is as it is written', () => {
  expect(readEnvironment({ SMTP_FROM: 'a@b' }).SMTP_FROM).toBe('a@b');
});
