import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built page, as it is sent. */
export interface PageFiles {
  html: string;
  /** `path` below the folder of the page, such as `view/card.js`; of this version alone. */
  file(version: string, path: string): { text: string; type: string } | undefined;
}

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const HTML = 'console.html';
const MAIN = 'main.js';

/** Beside this file in what was built, and in `dist` when the sources themselves are run. */
const FOLDERS = ['./page/', '../../../dist/src/bot/console/page/'].map((folder) =>
  fileURLToPath(new URL(folder, import.meta.url)),
);

/** Reads the page into memory; undefined when it was not built. */
export function loadPage(folders: readonly string[] = FOLDERS): PageFiles | undefined {
  const folder = folders.find((candidate) => existsSync(join(candidate, MAIN)));
  if (folder === undefined) return undefined;
  const files = new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => extname(name) in TYPES)
      .sort()
      .map((name) => [name.split(sep).join('/'), readFileSync(join(folder, name), 'utf8')]),
  );
  const template = readFileSync(join(folder, HTML), 'utf8');
  const version = versionOf([template, ...[...files].flat()]);
  return {
    html: htmlOf(template, version, [...files.keys()]),
    file(wanted, path) {
      const text = wanted === version ? files.get(path) : undefined;
      return text === undefined ? undefined : { text, type: TYPES[extname(path)] ?? '' };
    },
  };
}

function versionOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex').slice(0, 16);
}

/** All scripts are named at once: a browser need not find one by reading another. */
function htmlOf(template: string, version: string, files: readonly string[]): string {
  const base = `/console/page/${version}`;
  const scripts = files.filter((file) => file.endsWith('.js') && file !== MAIN);
  const preloads = scripts.map((file) => `<link rel="modulepreload" href="${base}/${file}">`).join('\n    ');
  return template
    .replace('<!-- modules -->', () => preloads)
    .replaceAll('{{base}}', base)
    .replace('{{version}}', version);
}
