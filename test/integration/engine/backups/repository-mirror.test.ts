import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createPrivateFolder } from '../../../../scripts/services/private-folder.mjs';
import { mirrorRepository } from '../../../../src/engine/backups/repository-mirror.js';
import { turn } from './archiving-server.js';

let dir: string;
let folder: string;
let bare: string;
const closing: (() => unknown)[] = [];
beforeEach(async () => {
  const made = await createPrivateFolder('reviver-mirror');
  closing.push(() => made.remove());
  dir = made.path;
  [folder, bare] = [join(dir, 'ops', 'runbooks'), join(dir, 'mirror.git')];
  await mkdir(folder, { recursive: true });
  git(join(dir, 'ops'), 'init', '--quiet', '--initial-branch=main');
  git(dir, 'init', '--quiet', '--bare', '--initial-branch=main', bare);
  await commit('redis.yaml', 'one');
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function git(where: string, ...args: string[]): string {
  const who = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com'];
  return execFileSync('git', ['-C', where, ...who, ...args], { encoding: 'utf8' }).trim();
}
async function commit(file: string, text: string): Promise<void> {
  await writeFile(join(folder, file), text);
  git(folder, 'add', file);
  git(folder, 'commit', '--quiet', '-m', text);
}
function mirror(url = `file://${bare}`) {
  const ctx = turn(`mirror ${dir}`);
  closing.push(() => ctx.close());
  return mirrorRepository({ folder, url }, ctx);
}

describe('the mirror of a repository', () => {
  test('has every branch and tag, and is asked for them', async () => {
    git(folder, 'branch', 'other');
    git(folder, 'tag', 'v1');
    const head = git(folder, 'rev-parse', 'HEAD');
    expect(await mirror()).toEqual({
      summary: `3 references in the mirror, HEAD is ${head.slice(0, 12)}`,
      head,
      references: 3,
      uncommitted: 0,
    });
    expect(git(bare, 'rev-parse', 'main', 'other', 'v1')).toBe([head, head, head].join('\n'));
    const clone = join(dir, 'clone');
    git(dir, 'clone', '--quiet', bare, clone);
    expect(git(clone, 'show', 'HEAD:runbooks/redis.yaml')).toBe('one');
  });

  test('follows, also where history was changed; what nobody committed is told', async () => {
    await mirror();
    git(folder, 'branch', 'gone');
    await mirror();
    git(folder, 'branch', '-D', 'gone');
    git(folder, 'commit', '--quiet', '--amend', '-m', 'another first');
    await commit('postgres.yaml', 'two');
    await writeFile(join(folder, 'loose.yaml'), '');
    expect(await mirror()).toMatchObject({ uncommitted: 1, summary: expect.stringContaining('1 file that nobody') });
    expect(git(bare, 'rev-parse', 'main')).toBe(git(folder, 'rev-parse', 'HEAD'));
    expect(git(bare, 'branch', '--list', 'gone')).toBe('');
  });

  test('is never made over another repository', async () => {
    const other = join(dir, 'other');
    git(dir, 'init', '--quiet', '--initial-branch=main', other);
    git(other, 'commit', '--quiet', '--allow-empty', '-m', 'of somebody else');
    git(other, 'push', '--quiet', bare, 'main');
    const before = git(bare, 'rev-parse', 'main');
    await expect(mirror()).rejects.toThrow('holds another repository: none of its 1 reference is known');
    expect(git(bare, 'rev-parse', 'main')).toBe(before);
  });

  test('of a shallow clone, of a folder without a repository, or at a place that is not there fails in words', async () => {
    await expect(mirror(`file://${dir}/nowhere.git`)).rejects.toThrow(/^git ls-remote has failed .*nowhere\.git/);
    await commit('postgres.yaml', 'two');
    const shallow = join(dir, 'shallow');
    git(dir, 'clone', '--quiet', '--depth=1', `file://${join(dir, 'ops')}`, shallow);
    folder = shallow;
    await expect(mirror()).rejects.toThrow('is a shallow clone');
    folder = dir;
    await expect(mirror()).rejects.toThrow(/not a git repository/);
  });

  test('gets its credentials without anybody else seeing them', async () => {
    const seen: { authorization: string; processes: string }[] = [];
    const server = createServer((request, response) => {
      const { authorization } = request.headers;
      if (authorization !== undefined)
        seen.push({ authorization, processes: spawnSync('ps', ['axo', 'args']).stdout.toString() });
      response.writeHead(authorization === undefined ? 401 : 403, { 'www-authenticate': 'Basic realm="git"' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const failure: unknown = await mirror(`http://bot:s3cret%20word@127.0.0.1:${port}/ops.git`).catch((error) => error);
    expect(String(failure)).toContain('403');
    expect(String(failure)).not.toContain('s3cret');
    expect(seen[0]?.authorization).toBe(`Basic ${Buffer.from('bot:s3cret word').toString('base64')}`);
    expect(seen[0]?.processes).toContain('git');
    expect(seen[0]?.processes).not.toContain('s3cret');
  });
});
