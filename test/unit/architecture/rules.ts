import { importsOf, packageOf, targetOf } from './imports.js';
import type { SourceFile } from './source-files.js';

/** Who may import whom, types included. ARCHITECTURE.md shows the same table, and a test compares them. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  main: ['app'],
  index: ['app'],
  extension: ['app', 'engine'],
  testing: ['app'],
  app: ['app', 'bot', 'api', 'jobs', 'store', 'pager', 'metrics', 'config', 'engine', 'scripts'],
  bot: ['bot', 'engine'],
  api: ['api', 'engine'],
  jobs: ['jobs', 'engine'],
  store: ['store', 'engine', 'migrations'],
  pager: ['pager', 'engine'],
  metrics: ['metrics', 'engine'],
  config: ['config', 'engine'],
  engine: ['engine'],
  migrations: [],
};

/** Folders and files in which a package may be imported. A package without a row may be imported nowhere. */
export const PACKAGE_HOMES: Readonly<Record<string, readonly string[]>> = {
  zod: ['src/'],
  '@opentelemetry/api': ['src/app/tracing/'],
  '@opentelemetry/exporter-trace-otlp-http': ['src/app/tracing/'],
  '@opentelemetry/resources': ['src/app/tracing/'],
  '@opentelemetry/sdk-trace': ['src/app/tracing/'],
  commander: ['src/app/'],
  pino: ['src/app/'],
  express: ['src/api/'],
  'rate-limiter-flexible': ['src/api/', 'src/bot/'],
  ws: ['src/api/', 'src/bot/terminal/'],
  bullmq: ['src/jobs/'],
  ioredis: [
    'src/jobs/',
    'src/engine/actions/redis-data/',
    'src/engine/actions/redis-command/',
    'src/engine/health/redis-session.ts',
    'src/app/demo/',
  ],
  pg: ['src/store/', 'src/engine/health/postgres.ts', 'src/engine/actions/sql/'],
  typeorm: ['src/store/', 'migrations/'],
  nodemailer: ['src/pager/'],
  'prom-client': ['src/metrics/'],
  yaml: ['src/config/', 'src/engine/yaml/', 'src/app/doctor/'],
  'safe-stable-stringify': ['src/engine/planner/'],
  '@marcbachmann/cel-js': ['src/engine/planner/', 'src/config/'],
  liquidjs: ['src/engine/planner/'],
  'fastest-levenshtein': ['src/engine/planner/', 'src/bot/commands/', 'src/api/'],
  cockatiel: ['src/engine/breakers/'],
  'age-encryption': ['src/engine/snapshots/'],
  'cron-parser': ['src/engine/housekeeping/'],
  aws4fetch: ['src/engine/backups/s3/'],
  '@scure/base': ['src/engine/snapshots/'],
  tar: ['src/engine/snapshots/'],
  '@slack/bolt': ['src/bot/slack/'],
  grammy: ['src/bot/telegram/'],
  // To come: their homes are fixed before they arrive.
  execa: ['src/engine/actions/', 'src/engine/runtimes/'],
  dockerode: ['src/engine/actions/', 'src/engine/runtimes/'],
  '@kubernetes/client-node': ['src/engine/runtimes/kubernetes/'],
};

/** Folders of `src/bot` that are one platform each: none knows another, and nothing in `src/bot` knows one. */
const PLATFORMS = ['slack', 'telegram', 'console'];

/** What a file imports and may not, one sentence each. */
export function forbiddenImports({ file, text }: SourceFile): string[] {
  return importsOf(text).flatMap(({ specifier }) => {
    const target = targetOf(file, specifier);
    const problem =
      target === undefined ? ofPackage(file, specifier) : (ofPart(file, target) ?? ofPlatform(file, target));
    return problem === undefined ? [] : [problem];
  });
}

/** `api` of `src/api/api.ts`, `main` of `src/main.ts`, `migrations` of what lies beside `src`. */
export function partOf(file: string): string {
  const [top = '', below = ''] = file.split('/');
  return top === 'src' ? below.replace(/\.ts$/, '') : top;
}

function ofPart(file: string, target: string): string | undefined {
  const part = partOf(file);
  const allowed = MAY_IMPORT[part];
  if (!allowed) return `${file}: "${part}" has no row in the table of who may import whom`;
  if (allowed.includes(partOf(target))) return undefined;
  return `${file} imports ${target}: ${part} may import ${allowed.join(', ') || 'nothing'}`;
}

function ofPlatform(file: string, target: string): string | undefined {
  if (partOf(file) !== 'bot') return undefined;
  const wanted = PLATFORMS.find((name) => target.startsWith(`src/bot/${name}/`));
  if (!wanted || file.startsWith(`src/bot/${wanted}/`)) return undefined;
  return `${file} imports ${target}: a platform is known to the composition root alone`;
}

function ofPackage(file: string, specifier: string): string | undefined {
  const name = packageOf(specifier);
  if (name === undefined) return undefined;
  const homes = PACKAGE_HOMES[name];
  if (!homes) return `${file} imports ${name}: the package has no row in the table of packages`;
  if (homes.some((home) => file.startsWith(home))) return undefined;
  return `${file} imports ${name}, which belongs to ${homes.join(', ')}`;
}
