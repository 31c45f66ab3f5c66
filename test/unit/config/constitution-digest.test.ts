import { mkdtempSync } from 'node:fs';
import { rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createDigestNow, sha256 } from '../../../src/config/constitution-digest.js';

const folder = mkdtempSync(join(tmpdir(), 'constitution-'));
const file = join(folder, 'constitution.yaml');

test('every change is seen by the next look: of the same size, right after another, by another file, with its old time', async () => {
  const digestNow = createDigestNow();
  for (let n = 10; n < 60; n += 1) {
    await writeFile(file, `hash: ${n}`);
    expect(await digestNow(file)).toBe(sha256(`hash: ${n}`));
    expect(await digestNow(file)).toBe(sha256(`hash: ${n}`));
  }
  const then = new Date('2020-01-01T00:00:00Z');
  await utimes(file, then, then);
  expect(await digestNow(file)).toBe(sha256('hash: 59'));
  await writeFile(file, 'hash: 99');
  await utimes(file, then, then);
  expect(await digestNow(file)).toBe(sha256('hash: 99'));
  await writeFile(join(folder, 'other'), 'hash: 77');
  await rename(join(folder, 'other'), file);
  expect(await digestNow(file)).toBe(sha256('hash: 77'));
});

test('a file that is gone is as an empty one, and one that cannot be read is none', async () => {
  const digestNow = createDigestNow();
  await writeFile(file, 'hash: 1');
  await digestNow(file);
  await rm(file);
  expect(await digestNow(file)).toBe(sha256(''));
  expect(await digestNow(folder)).toBeUndefined();
  await writeFile(file, 'hash: 1');
  expect(await digestNow(file)).toBe(sha256('hash: 1'));
});
