import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { freePort } from '../../scripts/services/free-port.mjs';
import { createPrivateFolder } from '../../scripts/services/private-folder.mjs';
import { createToken } from '../../src/app/tokens/tokens.js';
import { eventually } from './eventually.js';

export interface Installation {
  folder: string;
  ledger: string;
  /** Of its processes. */
  env: Record<string, string>;
  /** Of the API, on 127.0.0.1. */
  port: number;
  /** Starts a process of Reviver and waits until it is ready. */
  start(name: string, args: string[], env?: Record<string, string>): Promise<Running>;
  /** Runs one command to its end; `as` says whose token is in REVIVER_TOKEN. */
  shell(args: string[], as?: 'ann' | 'lee', env?: Record<string, string>): Promise<Ran>;
  /** Calls the API as Ann (responder, approver) or Lee (also lead); `at` is the port of another API node. */
  call(
    method: string,
    path: string,
    body?: object,
    as?: 'ann' | 'lee',
    at?: number,
  ): Promise<{ status: number; body: Answer }>;
  /** The same with headers of one's own, and the whole answer. */
  send(
    method: string,
    path: string,
    more?: { body?: object; headers?: Record<string, string>; as?: 'ann' | 'lee'; at?: number; signal?: AbortSignal },
  ): Promise<Response>;
  /** The API token of one of them, for what `call` cannot do. */
  token(of: 'ann' | 'lee'): string;
  /** A recovery as the API tells it. */
  recovery(id: string): Promise<Answer>;
  /** Waits until a recovery is in this state. */
  reaches(id: string, state: string, timeoutMs?: number): Promise<Answer>;
  /** Waits until the step at this position is in this state. */
  step(id: string, position: number, state: string, timeoutMs?: number): Promise<void>;
  log(name: string): string;
  stop(): Promise<void>;
}

/** As loose as JSON is; tests look at what they expect. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads answers as a client would
export type Answer = any;

export interface Running {
  pid: number;
  child: ChildProcess;
  kill(signal: NodeJS.Signals): void;
  ended: Promise<NodeJS.Signals | number | null>;
}

export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

export interface InstallOptions {
  databaseUrl: string;
  redisUrl: string;
  /** YAML below `services:`. */
  services: string;
  /** File name to YAML. */
  runbooks?: Record<string, string>;
  extensions?: string[];
  /** More lines of the configuration. */
  more?: string;
  /** Ids of the incidents channel on other platforms: `slack: C0INC, telegram: -100`. */
  channels?: string;
  /** Ids of Ann and Lee on other platforms. */
  ids?: { ann: string; lee: string };
  /** YAML of the rules; default: the repository's own file. */
  constitution?: string;
  /** Of every process. */
  env?: Record<string, string>;
}

const MAIN = join(process.cwd(), 'dist', 'src', 'main.js');

/** A Reviver in a folder of its own, driven from outside as its users do: processes, HTTP and signals. */
export async function install(options: InstallOptions): Promise<Installation> {
  const { path: folder, remove } = await createPrivateFolder('reviver-test');
  await mkdir(join(folder, 'runbooks'));
  await mkdir(join(folder, 'data'));
  for (const [name, text] of Object.entries(options.runbooks ?? {}))
    await writeFile(join(folder, 'runbooks', name), text);
  if (options.constitution !== undefined) await writeFile(join(folder, 'constitution.yaml'), options.constitution);
  await writeFile(join(folder, 'reviver.yaml'), configuration(options, folder));
  const tokensFile = join(folder, 'tokens.json');
  const tokens = {
    ann: await createToken(tokensFile, { name: 'ann', person: 'Ann', roles: ['responder', 'approver'] }, new Date()),
    lee: await createToken(
      tokensFile,
      { name: 'lee', person: 'Lee', roles: ['responder', 'approver', 'lead'] },
      new Date(),
    ),
  };
  const port = await freePort();
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '/',
    DATABASE_URL: options.databaseUrl,
    REDIS_URL: options.redisUrl,
    REVIVER_CONFIG: join(folder, 'reviver.yaml'),
    REVIVER_RUNBOOKS: join(folder, 'runbooks'),
    REVIVER_DATA: join(folder, 'data'),
    API_TOKENS_FILE: tokensFile,
    PORT: String(port),
    METRICS_PORT: '0',
    LOG_LEVEL: 'debug',
    ...options.env,
  };
  const running = new Set<Running>();
  const send: Installation['send'] = (method, path, { body, headers = {}, as = 'ann', at = port, signal } = {}) =>
    fetch(`http://127.0.0.1:${at}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${tokens[as]}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: signal ?? AbortSignal.timeout(10_000),
    });
  const call: Installation['call'] = async (method, path, body, as, at) => {
    const response = await send(method, path, { body, as, at });
    return { status: response.status, body: await response.json() };
  };
  const recovery = async (id: string) => (await call('GET', `/recoveries/${id}`)).body;
  return {
    folder,
    ledger: join(folder, 'ledger.txt'),
    env,
    port,
    async start(name, args, more = {}) {
      const one = await startProcess(args, { ...env, ...more }, join(folder, `${name}.log`));
      running.add(one);
      void one.ended.then(() => running.delete(one));
      return one;
    },
    shell: (args, as, more = {}) => runToEnd(args, { ...env, ...(as ? { REVIVER_TOKEN: tokens[as] } : {}), ...more }),
    call,
    send,
    token: (as) => tokens[as],
    recovery,
    reaches: (id, state, timeoutMs = 20_000) =>
      eventually(
        async () => {
          const found = await recovery(id);
          expect(found.state).toBe(state);
          return found;
        },
        { timeoutMs },
      ),
    step: (id, position, state, timeoutMs = 10_000) =>
      eventually(async () => expect((await recovery(id)).steps[position].state).toBe(state), { timeoutMs }),
    log: (name) => readFileSync(join(folder, `${name}.log`), 'utf8'),
    async stop() {
      for (const one of running) one.kill('SIGCONT');
      for (const one of running) one.kill('SIGTERM');
      await Promise.all([...running].map((one) => one.ended));
      await remove();
    },
  };
}

async function runToEnd(args: string[], env: Record<string, string>): Promise<Ran> {
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ran: Ran = { code: null, out: '', err: '' };
  child.stdout.on('data', (chunk) => (ran.out += String(chunk)));
  child.stderr.on('data', (chunk) => (ran.err += String(chunk)));
  const [code] = await once(child, 'close');
  return { ...ran, code: typeof code === 'number' ? code : null };
}

async function startProcess(args: string[], env: Record<string, string>, logFile: string): Promise<Running> {
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', log, log, 'ipc'] });
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? code)),
  );
  const first = await Promise.race([once(child, 'message'), ended]);
  if (!Array.isArray(first))
    throw new Error(`reviver ${args.join(' ')} ended (${first}): ${readFileSync(logFile, 'utf8').slice(-2_000)}`);
  child.disconnect();
  return { pid: child.pid ?? 0, child, kill: (signal) => void child.kill(signal), ended };
}

function configuration(options: InstallOptions, folder: string): string {
  const { services, extensions = [], more = '', channels, ids } = options;
  const also = (more?: string) => (more === undefined ? '' : `, ${more}`);
  const constitution = join(
    options.constitution === undefined ? join(process.cwd(), 'config') : folder,
    'constitution.yaml',
  );
  return `constitution: { hash: cdd01ef066bc6cf2, file: ${constitution} }
channels: { incidents: { console: incidents${also(channels)} } }
people:
  - { name: Ann, console: ann${also(ids?.ann)}, roles: [responder, approver] }
  - { name: Lee, console: lee${also(ids?.lee)}, roles: [responder, approver, lead] }
extensions: ${JSON.stringify(extensions)}
services:
${services}
${more}
`;
}
