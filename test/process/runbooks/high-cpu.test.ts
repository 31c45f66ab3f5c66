import { beforeAll, expect, test } from '@jest/globals';
import { describeDocker, withDocker } from '../../support/docker.js';
import { eventually, withDatabase, withRedis } from '../../support/index.js';
import { startTrial, type Trial } from '../../support/runbook-trial.js';
import { freePorts } from '../docker-patients.js';

const docker = withDocker();
const database = withDatabase();
const redis = withRedis();
let trial: Trial;
let ports: number[];

/** Each answer takes 0.3 s of CPU, on any machine: with too little of it, it comes too late. */
const BURNS = `
trap 'exit 0' TERM
mkdir -p /www/cgi-bin
printf '#!/bin/sh\\n[ ! -e /ill ] || { printf "Status: 500 ill\\\\r\\\\n\\\\r\\\\n"; exit; }\\nwhile read -r stat < /proc/$$/stat; set -- $stat; [ $((\${14}+\${15})) -lt 30 ]; do i=0; while [ $i -lt 500 ]; do i=$((i+1)); done; done; printf "Content-Type: text/plain\\\\r\\\\n\\\\r\\\\nok"' > /www/cgi-bin/health
chmod +x /www/cgi-bin/health
httpd -p 127.0.0.1:$PORT -h /www
while :; do sleep 0.1; done
`;
const SMALL = 5e7;
const NAMES = ['burn1', 'burn2', 'burn3'];
const portOf = (name: string): number => ports[NAMES.indexOf(name)] ?? 0;

beforeAll(async () => {
  if (!docker.there) return;
  ports = await freePorts(NAMES.length);
  trial = await startTrial({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: NAMES.map(
      (name) => `  - name: ${name}
    container_name: ${name}
    sizes: [{ cpus: 0.05 }, { cpus: 1 }]
    health: [{ type: http, url: "http://127.0.0.1:${portOf(name)}/cgi-bin/health", interval: 1h, timeout: 2s }]`,
    ).join('\n'),
    env: { DOCKER_HOST: docker.host },
  });
}, 90_000);

/** Runs with this much, in billionths of a CPU. */
async function runs(name: string, NanoCpus: number, ...more: string[]): Promise<void> {
  const Cmd = ['sh', '-c', [...more, BURNS].join('\n')];
  const HostConfig = { NetworkMode: 'host', NanoCpus };
  const made = await docker.engine.createContainer({
    name,
    Image: 'reviver-test',
    Cmd,
    Env: [`PORT=${portOf(name)}`],
    HostConfig,
  });
  await made.start();
  await eventually(async () => expect((await fetch(`http://127.0.0.1:${portOf(name)}/none`)).status).toBe(404), {
    timeoutMs: 20_000,
  });
}

async function answers(name: string): Promise<boolean> {
  const url = `http://127.0.0.1:${portOf(name)}/cgi-bin/health`;
  return fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

const cpus = async (name: string) => (await docker.engine.getContainer(name).inspect()).HostConfig.NanoCpus;

describeDocker('high_cpu', () => {
  test('gives a container that is too slow the next size, while it runs', async () => {
    await runs('burn1', SMALL);
    const { Id } = await docker.engine.getContainer('burn1').inspect();
    expect(await answers('burn1')).toBe(false);
    const brokenAt = performance.now();
    const outcome = await trial.run({
      service: 'burn1',
      runbook: 'high_cpu',
      fault: 'too slow with 0.05 CPUs',
      brokenAt,
    });
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', firstAttempt: true, asked: [null] });
    expect(await answers('burn1')).toBe(true);
    expect(await cpus('burn1')).toBe(1e9);
    expect((await docker.engine.getContainer('burn1').inspect()).Id).toBe(Id);
  }, 90_000);

  test('puts the size from before back when more CPU does not help', async () => {
    await runs('burn2', SMALL, 'touch /ill');
    const params = { within: '3s', steady: '1s' };
    const outcome = await trial.run({ service: 'burn2', runbook: 'high_cpu', params, brokenAt: performance.now() });
    expect(outcome).toMatchObject({ state: 'ROLLED_BACK', steps: { up: 'undone', tell: 'pending' } });
    expect(outcome.view.outcome.message).toMatch(/burn2 is not healthy after .*: HTTP 500/);
    expect(await cpus('burn2')).toBe(SMALL);
  }, 90_000);

  test('says what to do at the end of the sizes, and changes nothing', async () => {
    await runs('burn3', 1e9);
    const outcome = await trial.run({ service: 'burn3', runbook: 'high_cpu', brokenAt: performance.now() });
    expect(JSON.stringify(outcome.view)).toMatch(/none of its sizes is bigger/);
    expect(outcome.state).not.toBe('SUCCEEDED');
    expect(await cpus('burn3')).toBe(1e9);
  }, 90_000);
});
