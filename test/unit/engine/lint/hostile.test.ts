import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { UserError } from '../../../../src/engine/model/errors.js';
import { loadRunbooks, parseRunbook } from '../../../../src/engine/planner/load-runbooks.js';
import { fill } from '../../../../src/engine/planner/templates.js';
import { lintTexts } from '../../../support/lint.js';

const KIB = 1024;
const ROOM = 250 * KIB;
const upTo = (size: number, part: string) => part.repeat(Math.floor(size / part.length));
const numbered = (count: number, line: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => line(n)).join('\n');

/** Of the processor, and far more than it takes (at most some 200 ms, printed below): a busy machine is no failure. */
const GENEROUS_MS = 3_000;
const times: string[] = [];
afterAll(() => {
  process.stdout.write(`Refused after: ${times.join(', ')}\n`);
});

async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
  const started = process.cpuUsage();
  try {
    return await work();
  } finally {
    const { user, system } = process.cpuUsage(started);
    const ms = (user + system) / 1_000;
    times.push(`${name} ${ms.toFixed(0)} ms`);
    expect(ms).toBeLessThan(GENEROUS_MS);
  }
}

/** What stands in the file, and what is said of it. */
const FILES: Record<string, { text: string; says: RegExp }> = {
  'brackets without end': {
    text: `steps: ${upTo(ROOM, '[')}`,
    says: /1:\d+ (Nested more than 50 levels deep|More than 20000 words)/,
  },
  'brackets that close': {
    text: `id: a\nsteps: ${'['.repeat(9_000)}${']'.repeat(9_000)}`,
    says: /2:\d+ Nested more than 50 levels/,
  },
  'mappings in mappings': { text: `steps: ${upTo(ROOM, '{a: ')}`, says: /Nested more than 50 levels|More than 20000/ },
  'dashes on one line': { text: `${'- '.repeat(9_000)}x`, says: /Nested more than 50 levels/ },
  'question marks': { text: `${'? '.repeat(9_000)}x`, says: /Nested more than 50 levels/ },
  'deep indentation': { text: numbered(700, (n) => `${' '.repeat(n)}a:`), says: /Nested more than 50 levels/ },
  'thousands of keys': { text: numbered(20_000, (n) => `k${n}: 1`), says: /More than 20000 words and marks/ },
  'as many keys as fit': { text: numbered(2_700, (n) => `k${n}: 1`), says: /k0: unknown key/ },
  'anchors upon anchors': { text: upTo(ROOM, '&a '), says: /anchor|More than 20000/ },
  quotes: { text: upTo(ROOM, '"'), says: /./ },
  documents: { text: upTo(ROOM, '---\n'), says: /second document|More than 20000/ },
  'two documents': { text: 'id: a\nsteps: ["notify: a"]\n---\nid: b\n', says: /3:1 A second document/ },
  tags: { text: upTo(ROOM, '!!a '), says: /./ },
  comments: { text: upTo(ROOM, '#\n'), says: /More than 20000/ },
  'aliases of aliases': {
    text: `${[...'abcdefgh']
      .map(
        (name, n) =>
          `${name}: &${name} [${Array(9)
            .fill(n === 0 ? 'x' : `*${'abcdefgh'[n - 1]}`)
            .join(', ')}]`,
      )
      .join('\n')}\nid: x\nsteps: *h`,
    says: /10:8 Excessive alias count/,
  },
  'aliases in a long row': {
    text: `a0: &a0 [x]\n${numbered(1_200, (n) => `a${n + 1}: &a${n + 1} [*a${n}]`)}`,
    says: /(Aliases that stand for too much|Excessive alias count)/,
  },
  'an alias of itself': { text: 'id: a\nsteps: &s [*s]', says: /./ },
  'a key twice': { text: 'id: a\nid: b\nsteps: ["notify: a"]', says: /2:1 The key "id" is written twice/ },
  'a tab': { text: 'id: a\nsteps:\n\t- x', says: /3:1 Tabs are not allowed/ },
  NUL: { text: 'id: a\nsteps: ["notify: \u0000"]', says: /2:18 A NUL character/ },
  'a megabyte': { text: upTo(KIB * KIB, 'id: a\n'), says: /larger than 256 KiB/ },
  'a loop of templates': {
    text: `id: a\nsteps:\n${numbered(200, () => '  - "notify: {% for i in (1..9000000) %}{% for j in (1..9000000) %}x{% endfor %}{% endfor %}"')}`,
    says: /cannot be read|tag "for" not found/,
  },
  'thousands of steps': {
    text: `id: a\nsteps:\n${numbered(3_000, () => '  - "notify: {{ (1..99999999) | size }}"')}`,
    says: /expected at most 200 entries/,
  },
  'ranges in templates': {
    text: `id: a\nsteps:\n${numbered(200, () => '  - "notify: {{ (1..99999999) | size }}"')}`,
    says: /./,
  },
  'templates that reach for code': {
    text: 'id: a\nsteps: ["notify: {{ \'a\' | constructor }}", "notify: {{ service.constructor.constructor }}", "notify: {% include \'/etc/passwd\' %}"]',
    says: /undefined filter: constructor|there is no "service.constructor.constructor"/,
  },
  'conditions that reach for code': {
    text: 'id: a\nsteps: [{ action: notify, with: { message: a }, when: "params.constructor.constructor(\\"return process\\")() == 1" }]',
    says: /cannot be read/,
  },
  'conditions without end': {
    text: `id: a\nsteps: [{ action: notify, with: { message: a }, when: "${'('.repeat(50_000)}1${')'.repeat(50_000)}" }, { action: notify, with: { message: a }, when: "${'!'.repeat(100_000)}true" }]`,
    says: /cannot be read/,
  },
  'actions that are in every object': {
    text: 'id: a\nsteps: [{ action: constructor }, { action: __proto__ }, "toString: x"]',
    says: /there is no action "constructor"/,
  },
};

describe('a file that is meant to do harm is refused at once', () => {
  test.each(Object.entries(FILES))('%s', async (name, { text, says }) => {
    const found = await timed(name, () => lintTexts([text]));
    expect(found.map((one) => `${one.line}:${one.column} ${one.says} ${one.mend}`).join('\n')).toMatch(says);
    expect(found.some(({ severity }) => severity === 'error')).toBe(true);
  });

  test('the same by whoever loads runbooks, as one error of few lines', () => {
    for (const { text, says } of Object.values(FILES)) {
      try {
        parseRunbook(text, 'a.yaml');
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        const { message } = error instanceof UserError ? error : { message: '' };
        expect(message.split('\n').length).toBeLessThanOrEqual(20);
        expect(says).toBeDefined();
      }
    }
  });

  test('what is only unusual is read: a byte order mark, and lines that end as on Windows', async () => {
    expect(await lintTexts(['\uFEFFid: a\r\nsteps:\r\n  - "notify: hi"\r\n'])).toEqual([]);
    expect(await lintTexts(['id: a\r\nsteps:\r\n  - "notfy: hi"\r\n'])).toMatchObject([{ line: 3, column: 5 }]);
  });

  test('runbooks that bring in each other twice', async () => {
    const twice = (n: number) =>
      `id: r${n}\nmatch: { services: [redis] }\nsteps: ["sub_runbook: r${n + 1}", "sub_runbook: r${n + 1}"]`;
    const texts = [...Array.from({ length: 40 }, (_, n) => twice(n)), 'id: r40\nsteps: ["notify: hi"]'];
    const runbooks = texts.map((text) => parseRunbook(text, 'r.yaml'));
    const found = await timed('doubling', () => lintTexts(texts.slice(0, 1), { runbooks }));
    expect(found[0]).toMatchObject({ rule: 'no-plan' });
    expect(found[0]?.says).toMatch(/at most 200, those of sub_runbooks too/);
  });

  test('a template of the configuration, too, is filled without loops', async () => {
    await expect(timed('loop', () => fill('{% for i in (1..9) %}{% endfor %}', {}, 'with'))).rejects.toThrow(/^with: /);
  });
});

describe('a folder that is meant to do harm', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'runbooks-'));
    await mkdir(join(folder, 'in'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const load = () => loadRunbooks(join(folder, 'in'));
  const runbook = 'id: a\nsteps: ["notify: hi"]\n';

  test('a hundred megabytes are not read', async () => {
    const handle = await open(join(folder, 'in', 'a.yaml'), 'w');
    await handle.truncate(100 * KIB * KIB);
    await handle.close();
    await expect(timed('100 MB', load)).rejects.toThrow(/a\.yaml: larger than 256 KiB/);
  });

  test('a link out of it is refused, one within it is read', async () => {
    await writeFile(join(folder, 'outside.yaml'), runbook);
    await writeFile(join(folder, 'in', 'a.yaml'), runbook);
    await mkdir(join(folder, 'in', '..data'));
    await writeFile(join(folder, 'in', '..data', 'b.yaml'), runbook.replace('id: a', 'id: b'));
    await symlink('..data/b.yaml', join(folder, 'in', 'b.yaml'));
    expect((await load()).map(({ id }) => id)).toEqual(['a', 'b']);
    await symlink('../outside.yaml', join(folder, 'in', 'c.yaml'));
    await expect(timed('link', load)).rejects.toThrow(/c\.yaml is a link out of the folder, to .*outside\.yaml/);
  });

  test('a link that leads nowhere is told', async () => {
    await symlink('nowhere', join(folder, 'in', 'a.yaml'));
    await expect(load()).rejects.toThrow(/a\.yaml is a link that leads nowhere/);
  });

  test('a pipe is not waited for', async () => {
    execFileSync('mkfifo', [join(folder, 'in', 'a.yaml')]);
    await expect(timed('pipe', load)).rejects.toThrow(/a\.yaml is not a file/);
  });

  test('what is no UTF-8 is told', async () => {
    await writeFile(join(folder, 'in', 'a.yaml'), Buffer.from(runbook, 'utf16le'));
    await expect(load()).rejects.toThrow(/a\.yaml:1:2 A NUL character/);
    await writeFile(join(folder, 'in', 'a.yaml'), Buffer.from([0x69, 0x64, 0x3a, 0x20, 0xff, 0xfe]));
    await expect(load()).rejects.toThrow(/a\.yaml is not text in UTF-8/);
  });
});
