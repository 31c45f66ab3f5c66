import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../scripts/services/free-port.mjs';
import { fromDist } from '../peers/reviver/dist.mjs';
import { quantile } from '../stats.mjs';

const RUNNING = 100;
const COMMANDS = 600;
const AT_ONCE = 4;

const EXTENSION = `export default ({ z, registerAction }) => registerAction({
  name: 'bench_wait', risk: 0, idempotent: true, input: z.strictObject({}), timeoutMs: 600000,
  run: (_input, ctx) => new Promise((_, reject) => ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason))),
});`;

/**
 * How long a person at the console waits for the answer to a command while 100 recoveries run, beside the cheapest
 * request that the same server answers. Milliseconds.
 */
export async function measureAck({ databaseUrl, redisUrl, dataDir }) {
  const folder = join(dataDir, 'ack');
  await mkdir(join(folder, 'runbooks'), { recursive: true });
  await writeFile(join(folder, 'wait.mjs'), EXTENSION);
  await writeFile(join(folder, 'runbooks', 'wait.yaml'), 'id: wait\nsteps: [{ action: bench_wait }]\n');
  await writeFile(join(folder, 'reviver.yaml'), configuration());
  const { createToken } = await fromDist('src/app/tokens/tokens.js');
  const tokens = join(folder, 'tokens.json');
  const token = await createToken(tokens, { name: 'ann', person: 'Ann', roles: ['responder'] }, new Date());
  const [port, metrics] = [await freePort(), await freePort()];
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    REVIVER_CONFIG: join(folder, 'reviver.yaml'),
    REVIVER_RUNBOOKS: join(folder, 'runbooks'),
    REVIVER_DATA: join(folder, 'data'),
    API_TOKENS_FILE: tokens,
    PORT: String(port),
    METRICS_PORT: String(metrics),
    LOG_LEVEL: 'error',
  };
  const processes = [];
  try {
    processes.push(await start(['start', '--role', 'api'], env), await start(['worker'], env));
    const call = caller(`http://127.0.0.1:${port}`, token);
    for (let n = 0; n < RUNNING; n += 1) await call('POST', `/recover/s${n}`, { runbook: 'wait' });
    while ((await call('GET', '/status')).active_recoveries < RUNNING);
    const say = () => call('POST', '/console/api/commands', { channel: 'incidents', text: 'status' });
    await timed(say, 50);
    const command = await timed(say, COMMANDS);
    const healthz = await timed(() => call('GET', '/healthz'), COMMANDS);
    return { command: spread(command), healthz: spread(healthz), running: RUNNING };
  } finally {
    for (const child of processes) child.kill('SIGKILL');
  }
}

function configuration() {
  const services = Array.from(
    { length: RUNNING },
    (_, n) => `{ name: s${n}, runtime: process, process: { command: ["true"], cwd: . } }`,
  );
  const constitution = fileURLToPath(new URL('../../config/constitution.yaml', import.meta.url));
  return `constitution: { hash: cdd01ef066bc6cf2, file: ${JSON.stringify(constitution)} }
channels: { incidents: { console: incidents } }
people: [{ name: Ann, console: ann, roles: [responder] }]
extensions: [wait.mjs]
max_concurrent_recoveries: ${RUNNING}
services: [${services.join(', ')}]
`;
}

async function start(args, env) {
  const main = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await once(child, 'message');
  child.disconnect();
  return child;
}

function caller(url, token) {
  return async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };
}

async function timed(act, times) {
  const took = [];
  let left = times;
  const one = async () => {
    while (left-- > 0) {
      const began = performance.now();
      await act();
      took.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return took;
}

function spread(took) {
  return { p50: quantile(took, 0.5), p99: quantile(took, 0.99) };
}
