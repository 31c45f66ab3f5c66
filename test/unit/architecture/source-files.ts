import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

export interface SourceFile {
  /** From the root of the repository, with `/`: `src/api/api.ts`. */
  file: string;
  text: string;
}

/** Every TypeScript file below a folder of the repository, by name. */
export function sourceFiles(folder: string): SourceFile[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return names.sort().map((name) => {
    const file = join(folder, name);
    return { file: file.split(sep).join('/'), text: readFileSync(file, 'utf8') };
  });
}

export function lineCount({ text }: SourceFile): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

const VAGUE = /(^|[/._-])(utils?|helpers?|managers?|commons?)(?=[/._-]|$)/i;
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.ts$/;

/** What is wrong with the name of a file, if anything. */
export function nameProblem(file: string): string | undefined {
  const vague = VAGUE.exec(file)?.[2];
  if (vague) return `${file}: "${vague}" names no concept`;
  if (!KEBAB.test(file.slice(file.lastIndexOf('/') + 1))) return `${file}: not in kebab-case`;
  return undefined;
}

/** Migrations that the data source does not run, or not in the order of their times. `files`: names in `migrations/`. */
export function migrationProblems(files: readonly string[], dataSource: string): string[] {
  const listed =
    /MIGRATIONS = \[([^\]]*)\]/
      .exec(dataSource)?.[1]
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean) ?? [];
  const imported = new Map(
    [...dataSource.matchAll(/import \{ (\w+) \} from '[./]*migrations\/([\w-]+)\.js'/g)].map(
      ([, name = '', file = '']) => [`${file}.ts`, name],
    ),
  );
  const missing = files.filter((file) => !listed.includes(imported.get(file) ?? '-'));
  const times = listed.map((name) => Number(/\d+$/.exec(name)?.[0]));
  const inOrder = times.every((time, index) => time > (times[index - 1] ?? 0));
  return [
    ...missing.map((file) => `${file} is not run`),
    ...(inOrder ? [] : [`not in the order of their times: ${listed.join(', ')}`]),
  ];
}
