import { expect } from '@jest/globals';
import type Docker from 'dockerode';
import { eventually, type TestDatabase } from '../../support/index.js';
import type { Trial } from '../../support/runbook-trial.js';
import { settled } from '../docker-patients.js';

/** A runbook for the configuration: what a deployment does before it begins. */
export const KEEP = 'templates: [{ id: keep, steps: ["take_snapshot: {{ service.name }}"] }]';

export async function keepNow({ reviver }: Trial, service: string): Promise<void> {
  const { body } = await reviver.call('POST', `/recover/${service}`, { runbook: 'keep' });
  expect(await settled(reviver, body.id)).toMatchObject({ state: 'SUCCEEDED' });
}

/** All that stands about a recovery in the event log: its thread is made of it. */
export async function saidIn(database: TestDatabase, id: string): Promise<string> {
  const rows = await database.query('SELECT data FROM events WHERE recovery_id = $1 ORDER BY id', [
    Number(id.slice(2)),
  ]);
  return rows.map(({ data }) => JSON.stringify(data)).join('\n');
}

const SERVES = 'trap "exit 0" TERM; httpd -p 127.0.0.1:$PORT -h /www; while :; do sleep 0.1; done';

/** What each version of the shop does when it starts. Orders are in its volume, and a spoilt one no version can read. */
export const VERSIONS = {
  v1: `mkdir -p /www; [ -e /data/spoilt ] || echo ok > /www/health; echo v1 > /www/version; ln -sf /data/orders /www/orders; ${SERVES}`,
  v2: `mkdir -p /www; echo v2 > /www/version; echo "ERROR: no table coupons; token=hunter2hunter2"; ${SERVES}`,
  /** Reads a setting that was not there in v1, and dies without it. */
  strict: `[ "$MODE" != typo ] || { sleep 0.2; echo "FATAL: MODE=$MODE is not known"; exit 3; }; mkdir -p /www; echo ok > /www/health; ${SERVES}`,
} as const;

/** An image `shop:TAG` that runs this version. */
export async function release(engine: Docker, tag: keyof typeof VERSIONS): Promise<void> {
  const made = await engine.createContainer({ Image: 'reviver-test', Cmd: ['sh', '-c', VERSIONS[tag]] });
  await made.commit({ repo: 'shop', tag });
  await made.remove();
}

export interface Deployment {
  name: string;
  port: number;
  tag: keyof typeof VERSIONS;
  env?: string[];
  /** Docker starts it again whenever it dies. */
  again?: boolean;
}

/** As a pipeline does it: the old container goes, one of the new image takes its volume. */
export async function deploy(engine: Docker, { name, port, tag, env = [], again = false }: Deployment): Promise<void> {
  await engine
    .getContainer(name)
    .remove({ force: true })
    .catch(() => undefined);
  const made = await engine.createContainer({
    name,
    Image: `shop:${tag}`,
    Env: [`PORT=${port}`, ...env],
    HostConfig: {
      NetworkMode: 'host',
      Binds: [`${name}-data:/data`],
      ...(again ? { RestartPolicy: { Name: 'always' } } : {}),
    },
  });
  await made.start();
}

export async function served(port: number, path: string): Promise<string | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(1_000) }).catch(
    () => undefined,
  );
  return answer?.ok ? (await answer.text()).trim() : undefined;
}

export const isWell = (port: number): Promise<string> =>
  eventually(async () => expect(await served(port, '/health')).toBe('ok'), { timeoutMs: 20_000 }).then(() => 'well');

/** Runs a line inside of it, and waits for its end. */
export async function inside(engine: Docker, name: string, line: string): Promise<void> {
  const exec = await engine.getContainer(name).exec({ Cmd: ['sh', '-c', line], AttachStdout: true });
  const stream = await exec.start({});
  await new Promise((resolve) => stream.on('end', resolve).resume());
  await eventually(async () => expect(await exec.inspect()).toMatchObject({ Running: false, ExitCode: 0 }));
}
