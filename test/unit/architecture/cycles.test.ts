import { describe, expect, test } from '@jest/globals';
import { importCycles } from './cycles.js';
import { sourceFiles } from './source-files.js';

/** `a>b` is a file a.ts that imports b.ts; `a~b` imports only a type of it. */
const files = (...edges: string[]) => {
  const names = [...new Set(edges.flatMap((edge) => edge.split(/[>~]/)))];
  return names.map((name) => ({
    file: `src/${name}.ts`,
    text: edges
      .filter((edge) => edge.startsWith(`${name}>`) || edge.startsWith(`${name}~`))
      .map((edge) => `import ${edge.includes('~') ? 'type ' : ''}{ x } from './${edge.slice(name.length + 1)}.js';`)
      .join('\n'),
  }));
};

describe('import cycles', () => {
  test('there are none', () => {
    expect(importCycles([...sourceFiles('src'), ...sourceFiles('migrations')])).toEqual([]);
  });

  test('are found, short and long, and by their members alone', () => {
    expect(importCycles(files('a>b', 'b>a'))).toEqual([['src/a.ts', 'src/b.ts']]);
    expect(importCycles(files('m>a', 'a>b', 'b>c', 'c>a', 'c>leaf'))).toEqual([['src/a.ts', 'src/b.ts', 'src/c.ts']]);
    expect(importCycles(files('a>b', 'b>a', 'b>c', 'c>d', 'd>c'))).toHaveLength(2);
    expect(importCycles(files('a>a'))).toEqual([['src/a.ts']]);
  });

  test('are found through a lazy import', () => {
    const lazy = { file: 'src/a.ts', text: "const b = await import('./b.js');" };
    expect(importCycles([lazy, { file: 'src/b.ts', text: "import './a.js';" }])).toHaveLength(1);
  });

  test('are not made by type imports, nor by two ways to one file', () => {
    expect(importCycles(files('a>b', 'b~a'))).toEqual([]);
    expect(importCycles(files('a>b', 'a>c', 'b>d', 'c>d'))).toEqual([]);
  });
});
