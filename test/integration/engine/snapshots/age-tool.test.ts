import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { toolMissing } from '../../../../scripts/setup/tools.mjs';
import { ageIdentity } from '../../../../src/engine/snapshots/age-key.js';
import { checksum, seal, unseal } from '../../../../src/engine/snapshots/sealed-folder.js';

const KEY = '11'.repeat(32);
const signal = AbortSignal.timeout(60_000);

const missing = toolMissing('age');
if (missing) process.stderr.write(`Left out: ${missing}\n`);

(missing ? test.skip : test)(
  'what Reviver seals opens with the tools age and tar, and the other way round',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'age-tool-'));
    try {
      const room = await mkdtemp(join(dir, 'room-'));
      await writeFile(join(room, 'note.txt'), 'kept');
      const file = join(dir, 'sealed.tar.age');
      const { sha256, bytes } = await seal(room, file, ageIdentity(KEY), signal);
      expect(await checksum(file, signal)).toBe(sha256);
      expect(bytes).toBeGreaterThan(0);
      const identity = join(dir, 'identity.txt');
      await writeFile(identity, `${ageIdentity(KEY)}\n`);
      const sh = (line: string) => execFileSync('sh', ['-c', line], { cwd: dir }).toString();
      expect(sh('age -d -i identity.txt sealed.tar.age | tar -xO ./note.txt')).toBe('kept');
      sh(`tar -C "${room}" -c . | age -r "$(age-keygen -y identity.txt)" > theirs.tar.age`);
      await unseal(join(dir, 'theirs.tar.age'), join(dir, 'opened'), ageIdentity(KEY), signal);
      expect(sh('cat opened/note.txt')).toBe('kept');
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
);
