import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { areInstalled } from '../../../scripts/setup/packages.mjs';

type Packages = Record<string, { version?: string; optional?: boolean }>;

describe('installed packages', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'packages-'));
    await mkdir(join(folder, 'node_modules'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const lock = (packages: Packages) => writeFile(join(folder, 'package-lock.json'), JSON.stringify({ packages }));
  const stamp = (packages: Packages) =>
    writeFile(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));

  test('count as missing when an install never ended', async () => {
    await lock({ '': {}, 'node_modules/zod': { version: '4.6.7' } });
    expect(areInstalled(folder)).toBe(false);
  });

  test('count as there when all versions agree, whatever else was installed', async () => {
    await lock({ '': { version: '0.1.0' }, 'node_modules/zod': { version: '4.6.7' } });
    await stamp({ 'node_modules/zod': { version: '4.6.7' }, 'node_modules/extra': { version: '1.0.0' } });
    expect(areInstalled(folder)).toBe(true);
  });

  test("do not need other platforms' packages", async () => {
    await lock({
      'node_modules/zod': { version: '4.6.7' },
      'node_modules/win32': { version: '1.0.0', optional: true },
    });
    expect(areInstalled(folder)).toBe(true);
  });

  test('count as missing when the lock file names another version', async () => {
    await lock({ 'node_modules/zod': { version: '4.6.8' } });
    expect(areInstalled(folder)).toBe(false);
  });
});
