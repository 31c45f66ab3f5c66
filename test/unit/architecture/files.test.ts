import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { lineCount, median, migrationProblems, nameProblem, sourceFiles } from './source-files.js';

const MOST_LINES = 350;
const sources = sourceFiles('src');
const lines = sources.map(lineCount);

describe('source files', () => {
  test(`have at most ${MOST_LINES} lines (median now: ${median(lines)}, most: ${Math.max(...lines)})`, () => {
    const long = sources.filter((source) => lineCount(source) > MOST_LINES);
    expect(long.map((source) => `${source.file}: ${lineCount(source)}`)).toEqual([]);
    expect(median(lines)).toBeLessThanOrEqual(60);
  });

  test('are named after their concept, in kebab-case', () => {
    expect(sources.flatMap(({ file }) => nameProblem(file) ?? [])).toEqual([]);
  });

  test('migrations are all run, in their order', () => {
    expect(migrationProblems(readdirSync('migrations'), readFileSync('src/store/migrations.ts', 'utf8'))).toEqual([]);
  });
});

describe('the checks of files', () => {
  test.each([
    'src/utils.ts',
    'src/api/helpers/a.ts',
    'src/string-utils.ts',
    'src/lock-manager.ts',
    'src/common/a.ts',
    'src/a.helper.ts',
    'src/fooBar.ts',
    'src/a_b.ts',
    'src/App.ts',
  ])('refuse the name %s', (file) => {
    expect(nameProblem(file)).toContain(file);
  });

  test.each(['src/engine/model/plan.ts', 'src/api/rate-limit.ts', 'src/management.ts', 'src/commonwealth.ts'])(
    'allow the name %s',
    (file) => {
      expect(nameProblem(file)).toBeUndefined();
    },
  );

  test('count lines and find the middle', () => {
    expect([lineCount({ file: '', text: 'a\nb\n' }), lineCount({ file: '', text: 'a\nb' })]).toEqual([2, 2]);
    expect(median([9, 1, 5])).toBe(5);
  });

  test('miss no migration that is not listed, not imported, or in the wrong order', () => {
    const importing = "import { A1 } from '../../migrations/1-a.js';\nimport { B2 } from '../../migrations/2-b.js';\n";
    const files = ['1-a.ts', '2-b.ts'];
    expect(migrationProblems(files, `${importing}MIGRATIONS = [A1, B2]`)).toEqual([]);
    expect(migrationProblems(files, `${importing}MIGRATIONS = [A1]`)).toEqual(['2-b.ts is not run']);
    expect(migrationProblems([...files, '3-c.ts'], `${importing}MIGRATIONS = [A1, B2]`)).toHaveLength(1);
    expect(migrationProblems(files, `${importing}MIGRATIONS = [B2, A1]`)).toHaveLength(1);
  });
});
