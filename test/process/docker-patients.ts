import { expect } from '@jest/globals';
import type Docker from 'dockerode';
import { eventually, freePort } from '../support/index.js';
import type { Answer, Installation } from '../support/reviver.js';

/**
 * A small web server in a container. What it serves is in its volume `/data`, except the file for its health check, which
 * it makes once in its life: a restart does not bring that one back, a new container does. Where it listens is in its
 * environment.
 */
const PROGRAM = `
trap 'sleep "\${SLOW:-0}"; exit 0' TERM
[ -e /www/born ] || { mkdir -p /www; echo ok > /www/health; touch /www/born; }
[ -e /data/content ] || echo first > /data/content
[ -e /www/content ] || ln -s /data/content /www/content
httpd -p 127.0.0.1:$PORT -h /www
while :; do sleep 0.1; done
`;

export interface Patient {
  name: string;
  port: number;
  container(): Docker.Container;
  /** Runs a program inside of it, and waits for its end. */
  exec(...command: string[]): Promise<void>;
  /** What it answers to `/content`, or undefined. */
  content(): Promise<string | undefined>;
  /** Sends a signal to every process in it, past the engine. */
  signal(signal: NodeJS.Signals): Promise<void>;
  /** Containers whose name begins with its own. */
  names(): Promise<string[]>;
  /** What the engine did to containers of this name since the patient was made: `start`, `create`, `rename`, ... */
  acts(): Promise<string[]>;
}

export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}

/** YAML of services p1, p2, ... as containers of these names. */
export function patientServices(ports: readonly number[]): string {
  return ports
    .map(
      (port, index) => `  - name: p${index + 1}
    container_name: p${index + 1}
    health: [{ type: http, url: "http://127.0.0.1:${port}/health", interval: 1h, timeout: 1s }]
    recovery_strategies: [restart, recreate, hybrid]
    circuit_breaker: { failure_threshold: 1000 }
    sizes: [{ cpus: 0.5, memory: 64m }, { cpus: 1, memory: 128m }]`,
    )
    .join('\n');
}

export async function patient(
  engine: Docker,
  name: string,
  port: number,
  over: Docker.ContainerCreateOptions = {},
): Promise<Patient> {
  const since = Math.floor(Date.now() / 1_000) - 1;
  const { Env = [], ...rest } = over;
  // What a first try of the same test has left.
  await engine
    .getContainer(name)
    .remove({ force: true })
    .catch(() => {});
  const made = await engine.createContainer({
    name,
    Image: 'reviver-test',
    Cmd: ['sh', '-c', PROGRAM],
    Volumes: { '/data': {} },
    HostConfig: { NetworkMode: 'host' },
    ...rest,
    Env: [`PORT=${port}`, ...Env],
  });
  await made.start();
  await eventually(async () => expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200), {
    timeoutMs: 30_000,
  });
  const container = (): Docker.Container => engine.getContainer(name);
  return {
    name,
    port,
    container,
    async exec(...Cmd) {
      const exec = await container().exec({ Cmd, AttachStdout: true });
      const stream = await exec.start({});
      await new Promise((resolve) => stream.on('end', resolve).resume());
      await eventually(async () => expect(await exec.inspect()).toMatchObject({ Running: false, ExitCode: 0 }));
    },
    content: async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/content`, { signal: AbortSignal.timeout(1_000) }).catch(
        () => undefined,
      );
      return answer?.ok ? (await answer.text()).trim() : undefined;
    },
    async signal(signal) {
      const { Titles, Processes } = await container().top();
      const column = Titles.indexOf('PID');
      for (const row of Processes) kill(Number(row[column]), signal);
    },
    async names() {
      const all = await engine.listContainers({ all: true });
      return all.flatMap(({ Names }) => Names).filter((one) => one === `/${name}` || one.startsWith(`/${name}-`));
    },
    acts: () => actsOn(engine, name, since),
  };
}

/** With its first process all others of a container are gone. */
function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (typeof error !== 'object' || error === null || Reflect.get(error, 'code') !== 'ESRCH') throw error;
  }
}

async function actsOn(engine: Docker, name: string, since: number): Promise<string[]> {
  const until = Math.floor(Date.now() / 1_000) + 1;
  const stream = await engine.getEvents({ since, until, filters: { type: ['container'] } });
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .filter(({ Actor }) => Actor.Attributes.name === name)
    .map(({ Action }) => Action);
}

/** Resolves at the moment when the engine tells of this act on a container of this name. */
export async function whenever(engine: Docker, name: string, act: string): Promise<{ seen: Promise<void> }> {
  const stream = await engine.getEvents({ filters: { type: ['container'], container: [name], event: [act] } });
  return { seen: new Promise((resolve) => stream.once('data', () => resolve())) };
}

export async function settled(reviver: Installation, id: string, timeoutMs = 30_000): Promise<Answer> {
  return eventually(
    async () => {
      const { body } = await reviver.call('GET', `/recoveries/${id}`);
      expect(['SUCCEEDED', 'FAILED', 'ROLLED_BACK', 'AWAITING_MANUAL', 'CANCELLED']).toContain(body.state);
      return body;
    },
    { timeoutMs, everyMs: 50 },
  );
}
