import { dirname, join } from 'node:path/posix';

export interface Import {
  /** As written: `./api.js`, `express`. */
  specifier: string;
  /** `import type` and `typeof import()`: gone at runtime. `import { type A }` is not: the module is still loaded. */
  typeOnly: boolean;
}

/** Comments and strings in backticks; quoted strings are matched so that what looks like a comment in them is left alone. */
const OPAQUE = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
const STATIC = /^[ \t]*(?:import|export)\s+(type\s+(?=[\w*{]))?(?:[\w*{][^;'"]*?\sfrom\s*)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /(\btypeof\s+)?\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** Every module that a source text names. */
export function importsOf(text: string): Import[] {
  const code = text.replace(OPAQUE, (part) => (/^['"]/.test(part) ? part : ' '));
  return [...code.matchAll(STATIC), ...code.matchAll(DYNAMIC)].map(([, type, specifier = '']) => ({
    specifier,
    typeOnly: type !== undefined,
  }));
}

/** The file of the repository that a relative specifier means; undefined for a package. */
export function targetOf(file: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? join(dirname(file), specifier).replace(/\.js$/, '.ts') : undefined;
}

/** `@slack/bolt` of `@slack/bolt/dist/x.js`; undefined for files and for Node's own modules. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
