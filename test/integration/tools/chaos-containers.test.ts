import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { describeDocker, withDocker } from '../../support/docker.js';

const docker = withDocker();
const there = !spawnSync('docker', ['--version']).error;
if (!there) console.log('Skipped: the program docker is not there.');

async function container(name: string, labels: Record<string, string>): Promise<() => Promise<boolean>> {
  const made = await docker.engine.createContainer({
    name,
    Image: 'reviver-test',
    Cmd: ['sh', '-c', 'while :; do sleep 0.1; done'],
    Labels: labels,
    HostConfig: { NetworkMode: 'none' },
  });
  await made.start();
  return async () => (await made.inspect()).State.Running;
}

function kill(name: string, allowed = '/nowhere') {
  const env = { ...process.env, DOCKER_HOST: docker.host, CHAOS_ALLOWED: allowed };
  return spawnSync('bash', ['tools/chaos/kill_redis.sh', `container:${name}`], { encoding: 'utf8', env });
}

(there ? describeDocker : describe.skip)('kill_redis.sh with a container', () => {
  test('kills the one with the label, and says when it does not run', async () => {
    const runs = await container('drill', { 'reviver.chaos': 'allowed' });
    expect(kill('drill')).toMatchObject({ status: 0, stdout: 'killed: container:drill\n' });
    expect(await runs()).toBe(false);
    expect(kill('drill').status).toBe(4);
  }, 60_000);

  test('refuses one without the label, or with another value', async () => {
    const all = [await container('plain', {}), await container('no', { 'reviver.chaos': 'no' })];
    for (const name of ['plain', 'no']) {
      const { status, stderr } = kill(name);
      expect(status).toBe(3);
      expect(stderr).toContain('no label reviver.chaos=allowed');
    }
    for (const runs of all) expect(await runs()).toBe(true);
  }, 60_000);
});
