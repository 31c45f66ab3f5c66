import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { importsOf, packageOf, targetOf } from './imports.js';
import { forbiddenImports, MAY_IMPORT, PACKAGE_HOMES, partOf } from './rules.js';
import { sourceFiles } from './source-files.js';

const sources = [...sourceFiles('src'), ...sourceFiles('migrations')];
const declared: Record<string, string> = JSON.parse(readFileSync('package.json', 'utf8')).dependencies;

describe('who may import whom', () => {
  test('holds in every file', () => {
    expect(sources.length).toBeGreaterThan(200);
    expect(sources.flatMap(forbiddenImports)).toEqual([]);
  });

  test('every folder of src has a row', () => {
    expect(new Set(sources.map(({ file }) => partOf(file)))).toEqual(new Set(Object.keys(MAY_IMPORT)));
  });

  test('every relative import names a file that is there', () => {
    const missing = sources.flatMap(({ file, text }) =>
      importsOf(text).flatMap(({ specifier }) => {
        const target = targetOf(file, specifier);
        return target === undefined || existsSync(target) ? [] : [`${file} imports ${specifier}`];
      }),
    );
    expect(missing).toEqual([]);
  });

  test('every dependency is imported, and every import is a dependency', () => {
    const used = sources.flatMap(({ text }) => importsOf(text).map(({ specifier }) => packageOf(specifier)));
    expect([...new Set(used.filter((name) => name !== undefined))].sort()).toEqual(Object.keys(declared).sort());
  });

  test('every home of a package in use is there', () => {
    const homes = Object.entries(PACKAGE_HOMES).flatMap(([name, folders]) => (name in declared ? folders : []));
    expect(homes.filter((home) => !existsSync(home))).toEqual([]);
  });
});

describe('the check of imports', () => {
  test.each([
    ['src/main.ts', '../engine/engine.js'],
    ['src/bot/conversation.ts', '../store/chat-store.js'],
    ['src/bot/live/pace.ts', '../../api/api.js'],
    ['src/api/routes/health.ts', '../../jobs/signals.js'],
    ['src/jobs/wake-queue.ts', '../store/query.js'],
    ['src/store/query.ts', '../bot/port.js'],
    ['src/engine/create-engine.ts', '../store/query.js'],
    ['src/engine/recovery/worker.ts', '../../jobs/signals.js'],
    ['src/metrics/metrics.ts', '../api/api.js'],
    ['src/api/limits.ts', '../config/load.js'],
    ['src/config/load.ts', '../app/node.js'],
    ['migrations/1764000000000-core.ts', '../src/store/query.js'],
    ['src/store/query.ts', '../../scripts/setup.mjs'],
    ['src/bot/commands/help.ts', '../console/console.js'],
    ['src/bot/terminal/screen.ts', '../console/feed.js'],
  ])('refuses that %s imports %s', (file, specifier) => {
    expect(forbiddenImports({ file, text: `import { a } from '${specifier}';` })).toHaveLength(1);
    expect(forbiddenImports({ file, text: `import type { A } from '${specifier}';` })).toHaveLength(1);
    expect(forbiddenImports({ file, text: `const a = await import('${specifier}');` })).toHaveLength(1);
  });

  test.each([
    ['src/engine/create-engine.ts', 'express'],
    ['src/bot/console/routes.ts', 'express'],
    ['src/app/people-role.ts', 'bullmq'],
    ['src/engine/recovery/worker.ts', 'ioredis'],
    ['src/app/node.ts', 'pg'],
    ['src/engine/planner/planner.ts', 'typeorm'],
    ['src/api/routes/metrics.ts', 'prom-client'],
    ['src/bot/bot.ts', 'pino'],
    ['src/engine/engine.ts', '@slack/bolt'],
    ['src/bot/console/console.ts', 'grammy'],
    ['src/engine/health/http.ts', 'left-pad'],
  ])('refuses that %s imports the package %s', (file, name) => {
    expect(forbiddenImports({ file, text: `import a from '${name}';` })).toHaveLength(1);
  });

  test('refuses a new folder until it has a row', () => {
    expect(forbiddenImports({ file: 'src/extras/a.ts', text: "import { b } from './b.js';" })).toHaveLength(1);
  });

  test.each([
    ['src/main.ts', './app/cli/program.js'],
    ['src/app/node.ts', '../store/data-source.js'],
    ['src/bot/conversation.ts', '../engine/engine.js'],
    ['src/bot/console/console.ts', './feed.js'],
    ['src/store/data-source.ts', '../../migrations/1764000000000-core.js'],
    ['src/api/api.ts', 'express'],
    ['src/engine/health/postgres.ts', 'pg'],
    ['src/engine/processes/exec.ts', 'node:fs'],
  ])('allows that %s imports %s', (file, specifier) => {
    expect(forbiddenImports({ file, text: `import { a } from '${specifier}';` })).toEqual([]);
  });
});
