import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../cli/version.js';
import type { Closing } from '../closing.js';
import { startBroom } from './broom.js';

/** Where the demo plays: a private folder, private servers, free ports. Nothing of the machine's own is touched. */
export interface Stage {
  folder: string;
  ports: { api: number; metrics: number; patient: number; web: number };
  /** Environment of Reviver's processes. */
  env: Record<string, string>;
  tokensFile: string;
  configFile: string;
  dataDir: string;
}

/** Folder, Postgres, Redis and configuration of a Reviver that nobody else uses. */
export async function setStage(closing: Closing, keep: boolean): Promise<Stage> {
  const servers = await privateServers();
  const { path: folder, remove } = await servers.createPrivateFolder('reviver-demo');
  closing.add('folder', () => (keep ? undefined : remove()));
  const broom = startBroom(folder, keep);
  closing.add('broom', broom.close);
  const [api, metrics, patient, web] = await Promise.all([1, 2, 3, 4].map(() => servers.freePort()));
  if (!api || !metrics || !patient || !web) throw new Error('no free ports');
  const ports = { api, metrics, patient, web };
  const dirs = Object.fromEntries(
    ['postgres', 'redis', 'patient', 'data', 'logs'].map((name) => [name, join(folder, name)]),
  );
  for (const dir of Object.values(dirs)) await mkdir(dir, { recursive: true });
  const [postgres, redis] = await Promise.all([
    process.env.DATABASE_URL
      ? { url: process.env.DATABASE_URL, stop: async () => {} }
      : servers.startPostgres({ dir: join(folder, 'postgres') }),
    process.env.REDIS_URL
      ? { url: process.env.REDIS_URL, stop: async () => {} }
      : servers.startRedis({ dir: join(folder, 'redis') }),
  ]);
  closing.add('postgres', () => postgres.stop());
  closing.add('redis', () => redis.stop());
  const configFile = join(folder, 'reviver.yaml');
  await writeFile(configFile, configuration(ports, folder));
  const dataDir = join(folder, 'data');
  const tokensFile = join(dataDir, 'tokens.json');
  return {
    folder,
    ports,
    dataDir,
    tokensFile,
    configFile,
    env: {
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      PORT: String(ports.api),
      METRICS_PORT: String(ports.metrics),
      REVIVER_CONFIG: configFile,
      REVIVER_RUNBOOKS: join(packageRoot(), 'runbooks'),
      REVIVER_KNOWLEDGE: join(packageRoot(), 'knowledge'),
      REVIVER_DATA: dataDir,
      API_TOKENS_FILE: tokensFile,
      LOG_LEVEL: 'info',
    },
  };
}

function configuration(ports: Stage['ports'], folder: string): string {
  const shop = join(packageRoot(), 'scripts', 'demo', 'shop-web.mjs');
  return `constitution: { hash: cdd01ef066bc6cf2, file: ${JSON.stringify(join(packageRoot(), 'config', 'constitution.yaml'))} }
channels: { incidents: { console: incidents } }
people:
  - { name: Ann, console: ann, roles: [responder, approver] }
  - { name: Lee, console: lee, roles: [responder, approver, lead] }
services:
  - name: redis
    runtime: process
    process: { command: [redis-server, --port, "${ports.patient}", --bind, 127.0.0.1, --save, "", --dir, .], cwd: ${JSON.stringify(join(folder, 'patient'))} }
    data_dir: ${JSON.stringify(join(folder, 'patient'))}
    health: [{ type: redis, url: "redis://127.0.0.1:${ports.patient}", interval: 500ms, timeout: 1s, failures: 2 }]
    criticality: critical
    recovery_strategies: [restart, recreate]
  - name: shop-web
    runtime: process
    process: { command: [node, ${JSON.stringify(shop)}], cwd: ${JSON.stringify(folder)}, env: { PORT: "${ports.web}", REDIS_PORT: "${ports.patient}" } }
    health: [{ type: http, url: "http://127.0.0.1:${ports.web}/health", interval: 1s, timeout: 2s, failures: 10 }]
    criticality: high
    depends_on: [redis]
    recovery_strategies: [restart]
discovery: { docker: false }
backups: { redis_backup: { service: redis, location: redis } }
`;
}

/** The project's own private servers, in plain JavaScript because the tests need them before anything is built. */
async function privateServers() {
  const at = (file: string): string => pathToFileURL(join(packageRoot(), 'scripts', 'services', file)).href;
  const [postgres, redis, folder, port]: [
    typeof import('../../../scripts/services/postgres.mjs'),
    typeof import('../../../scripts/services/redis.mjs'),
    typeof import('../../../scripts/services/private-folder.mjs'),
    typeof import('../../../scripts/services/free-port.mjs'),
  ] = await Promise.all([
    import(at('postgres.mjs')),
    import(at('redis.mjs')),
    import(at('private-folder.mjs')),
    import(at('free-port.mjs')),
  ]);
  return { ...postgres, ...redis, ...folder, ...port };
}
