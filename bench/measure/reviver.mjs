import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../scripts/services/free-port.mjs';
import { DIST } from '../peers/reviver/dist.mjs';

const MAIN = join(DIST, 'src', 'main.js');
const CONSTITUTION = fileURLToPath(new URL('../../config/constitution.yaml', import.meta.url));

/** A whole Reviver in a folder of its own, with the configuration `yaml` and a migrated database. */
export async function install({ databaseUrl, redisUrl, dataDir }, name, yaml, more = {}) {
  const folder = join(dataDir, name);
  await mkdir(join(folder, 'runbooks'), { recursive: true });
  await writeFile(
    join(folder, 'reviver.yaml'),
    `constitution: { hash: cdd01ef066bc6cf2, file: ${JSON.stringify(CONSTITUTION)} }\n${yaml}`,
  );
  const port = await freePort();
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    REVIVER_CONFIG: join(folder, 'reviver.yaml'),
    REVIVER_RUNBOOKS: join(folder, 'runbooks'),
    REVIVER_KNOWLEDGE: join(folder, 'knowledge'),
    REVIVER_DATA: join(folder, 'data'),
    API_TOKENS_FILE: join(folder, 'tokens.json'),
    PORT: String(port),
    METRICS_PORT: '0',
    LOG_LEVEL: 'error',
    ...more,
  };
  await command(env, 'migrate');
  return { port, env };
}

/** What a command prints. */
export async function command(env, ...args) {
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const said = [];
  child.stdout.on('data', (chunk) => said.push(chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`reviver ${args.join(' ')} ended with ${code}`);
  return Buffer.concat(said).toString();
}

/** A process of it, once it is ready. */
export async function start(env, ...args) {
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await once(child, 'message');
  child.disconnect();
  return child;
}

export async function stop(child) {
  child.kill('SIGTERM');
  await once(child, 'exit');
}

export async function residentMiB(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1_024;
}
