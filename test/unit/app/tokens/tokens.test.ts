import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { addTokenCommands } from '../../../../src/app/tokens/command.js';
import { createTokenBook } from '../../../../src/app/tokens/token-book.js';
import { createToken, listTokens, revokeToken, rotateToken } from '../../../../src/app/tokens/tokens.js';

const NOW = new Date('2026-11-22T10:00:00Z');
const DAY_MS = 86_400_000;

describe('API tokens', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tokens-'));
    file = join(folder, 'data', 'tokens.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const make = (name: string, more: { roles?: string[]; person?: string; owner?: string; expires?: string } = {}) =>
    createToken(file, { name, roles: ['responder'], ...more }, NOW, ['Ann', 'Lee']);

  test('are replaced under their name: the old one ends, roles and person stay, and the new one lives as long', async () => {
    const old = await make('ci', { roles: ['approver'], person: 'Ann', expires: '30d' });
    await make('other');
    const later = new Date(+NOW + 10 * DAY_MS);
    const fresh = await rotateToken(file, 'ci', later);
    const book = createTokenBook(file, () => later);
    expect(await book.resolve(old)).toBeUndefined();
    expect(await book.resolve(fresh)).toEqual({ name: 'ci', roles: ['approver'], person: 'Ann', expired: false });
    expect((await listTokens(file))[0]?.expires_at).toBe(new Date(+later + 30 * DAY_MS).toISOString());
    await rotateToken(file, 'ci', later, '1h');
    expect((await listTokens(file))[0]?.expires_at).toBe(new Date(+later + 3_600_000).toISOString());
    await expect(rotateToken(file, 'othr', later)).rejects.toThrow('No token "othr". Did you mean other?');
    expect(await readFile(file, 'utf8')).not.toContain(fresh);
  });

  test('resolve to their name, roles and person; nobody else does', async () => {
    const token = await make('ci', { roles: ['responder', 'viewer', 'responder'], person: 'ann' });
    const book = createTokenBook(file, () => NOW);
    expect(await book.resolve(token)).toEqual({
      name: 'ci',
      roles: ['responder', 'viewer'],
      person: 'Ann',
      expired: false,
    });
    expect(await book.resolve(`${token}x`)).toBeUndefined();
    expect(await book.resolve('')).toBeUndefined();
  });

  test('of a program may say who answers for it, of a person not', async () => {
    const book = createTokenBook(file, () => NOW);
    expect(await book.resolve(await make('ci', { owner: 'ann' }))).toMatchObject({ name: 'ci', owner: 'Ann' });
    await expect(make('both', { person: 'Ann', owner: 'Lee' })).rejects.toThrow('--owner: "Lee" is not allowed');
  });

  test('are kept only as a hash, in a file that others cannot read', async () => {
    const token = await make('ci');
    expect(await readFile(file, 'utf8')).not.toContain(token.slice(4));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('expire', async () => {
    const token = await make('short', { expires: '30d' });
    const at = (time: number) => createTokenBook(file, () => new Date(time)).resolve(token);
    expect(await at(NOW.getTime() + 30 * DAY_MS - 1)).toMatchObject({ expired: false });
    expect(await at(NOW.getTime() + 30 * DAY_MS)).toMatchObject({ expired: true });
  });

  test('count and end at once in a book that is open', async () => {
    const book = createTokenBook(file, () => NOW);
    expect(await book.resolve('early')).toBeUndefined();
    const token = await make('ci');
    expect(await book.resolve(token)).toMatchObject({ name: 'ci' });
    await revokeToken(file, 'ci');
    expect(await book.resolve(token)).toBeUndefined();
  });

  test('made at the same moment are all kept', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `t${index}`);
    await Promise.all(names.map((name) => make(name)));
    expect((await listTokens(file)).map(({ name }) => name).sort()).toEqual(names.sort());
  });

  test('a lock that a dead process left does not stop anyone for long', async () => {
    await make('first');
    await writeFile(`${file}.lock`, '');
    const { utimes } = await import('node:fs/promises');
    const old = new Date(Date.now() - 60_000);
    await utimes(`${file}.lock`, old, old);
    await make('second');
    expect(await listTokens(file)).toHaveLength(2);
  });

  test.each([
    [
      'a role',
      { roles: ['aprover'] },
      '--role: "aprover" is not allowed; expected one of viewer, responder, approver, lead, admin, bootstrap.',
    ],
    ['no role', { roles: [] }, '--role: missing is not allowed; expected at least one of viewer'],
    [
      'a person',
      { person: 'Bob' },
      '--person: "Bob" is not allowed; expected a person of the configuration: Ann, Lee.',
    ],
    ['an owner', { owner: 'Bob' }, '--owner: "Bob" is not allowed; expected a person of the configuration'],
    ['a time', { expires: 'soon' }, '--expires: "soon" is not allowed; expected a duration such as'],
  ])('%s that does not exist is refused, and nothing is written', async (_what, more, message) => {
    await expect(make('ci', more)).rejects.toThrow(message);
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });

  test('a name is used once, and a wrong one is corrected', async () => {
    await make('deploy');
    await expect(make('deploy')).rejects.toThrow('There is a token "deploy" already.');
    await expect(revokeToken(file, 'deplyo')).rejects.toThrow('No token "deplyo". Did you mean deploy?');
  });

  test('a damaged file lets nobody in, and is not overwritten', async () => {
    await make('ci');
    await writeFile(file, '{"tokens": [{"name": "ci", "roles": ["god"]}]}');
    await expect(createTokenBook(file).resolve('x')).rejects.toThrow(/is damaged/);
    await expect(make('other')).rejects.toThrow(/is damaged/);
    expect(await readFile(file, 'utf8')).toContain('god');
  });

  test('the command prints the token as its last word', async () => {
    const printed: string[] = [];
    const run = (...words: string[]) => {
      const program = new Command().exitOverride();
      const people = () => Promise.resolve(undefined);
      addTokenCommands(program, {
        file: () => file,
        people,
        print: (line) => printed.push(line),
        record: async () => undefined,
        now: () => NOW,
      });
      return program.parseAsync(['token', ...words], { from: 'user' });
    };
    await run('create', '--name', 'ci', '--role', 'responder,approver', '--person', 'Ann', '--expires', '30d');
    const token = printed[0]?.split(' ').at(-1) ?? '';
    expect(await createTokenBook(file, () => NOW).resolve(token)).toMatchObject({
      roles: ['responder', 'approver'],
      person: 'Ann',
    });
    await run('list');
    expect(printed[1]).toBe('ci  responder, approver  acts as Ann  expires in 30 d');
    await run('revoke', '--name', 'ci');
    await run('list');
    expect(printed.slice(2)).toEqual([
      'Token "ci" is revoked.',
      'No tokens. Make one: reviver token create --name NAME --role responder',
    ]);
  });
});
