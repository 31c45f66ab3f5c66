import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readFolder } from '../../../../src/engine/knowledge/read-folder.js';
import { loadRunbooks } from '../../../../src/engine/planner/load-runbooks.js';
import { runbookSchema } from '../../../../src/engine/planner/runbook.js';

const known = {
  runbooks: [runbookSchema.parse({ id: 'redis_outage', steps: ['notify: x'] })],
  strategies: ['restart'],
};
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reviver-knowledge-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFile(join(folder, name), text);

describe('a document is about', () => {
  test('the runbook or strategy that it is named after', async () => {
    await write('redis_outage.md', 'Redis is down');
    await write('restart.md', 'It hangs');
    expect((await readFolder(folder, known)).documents.map(({ plan }) => plan)).toEqual([
      'runbook:redis_outage',
      'strategy:restart',
    ]);
  });

  test('what its front matter says', async () => {
    await write('2026-03.md', '---\nrunbook: redis_outage\nkind: postmortem\nservice: cache\n---\nIt was down.');
    expect((await readFolder(folder, known)).documents).toMatchObject([
      { source: '2026-03.md', kind: 'postmortem', plan: 'runbook:redis_outage', service: 'cache' },
    ]);
  });
});

test('what cannot be counted is named with what to do, and stops nothing', async () => {
  await mkdir(join(folder, '.git'));
  await write('.git/redis_outage.md', 'hidden');
  await write('README.md', 'about the folder');
  await write('other.md', 'about nothing');
  await write('redis_outage.md', 'x'.repeat(300_000));
  await symlink('/etc/hostname', join(folder, 'restart.md'));
  const { documents, passedOver } = await readFolder(folder, known);
  expect(documents).toEqual([]);
  expect(passedOver).toEqual([
    expect.stringMatching(/^other\.md names no runbook or strategy that is loaded \(other\); begin it with/),
    'redis_outage.md is larger than 256 KiB',
    'restart.md is a link that leads out of the folder, or nowhere',
  ]);
});

test('a folder that is not there has no documents', async () => {
  expect(await readFolder(join(folder, 'nowhere'), known)).toEqual({ documents: [], passedOver: [] });
});

test('every runbook that is shipped has a document', async () => {
  const runbooks = await loadRunbooks('runbooks');
  const { documents, passedOver } = await readFolder('knowledge', { runbooks, strategies: [] });
  expect(passedOver).toEqual([]);
  expect(documents.map(({ plan }) => plan).sort()).toEqual(runbooks.map(({ id }) => `runbook:${id}`).sort());
});
