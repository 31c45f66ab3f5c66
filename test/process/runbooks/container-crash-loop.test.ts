import { beforeAll, expect, test } from '@jest/globals';
import { describeDocker, withDocker } from '../../support/docker.js';
import { eventually, withDatabase, withRedis } from '../../support/index.js';
import { deploy, isWell, keepNow, release, saidIn, served } from './shop.js';
import { openShops, type Shops } from './shops.js';

const docker = withDocker();
const database = withDatabase();
const redis = withRedis();
let shops: Shops;

const NAMES = ['loop1', 'loop2'];
const portOf = (name: string): number => shops.port(name);

beforeAll(async () => {
  if (!docker.there) return;
  await release(docker.engine, 'strict');
  shops = await openShops(NAMES, { database, redis, docker });
}, 90_000);

/** Well, kept, and then configured so that it dies at once, again and again. Returns when that was seen. */
async function loops(name: string, { kept }: { kept: 'well' | 'ill' }): Promise<number> {
  const of = { name, port: portOf(name), tag: 'strict' as const, again: true };
  await deploy(docker.engine, { ...of, env: ['MODE=good'] });
  await isWell(portOf(name));
  if (kept === 'well') await keepNow(shops.trial, name);
  await deploy(docker.engine, { ...of, env: ['MODE=typo'] });
  const brokenAt = performance.now();
  await eventually(
    async () => expect((await docker.engine.getContainer(name).inspect()).RestartCount).toBeGreaterThan(1),
    { timeoutMs: 20_000 },
  );
  return brokenAt;
}

describeDocker('container_crash_loop', () => {
  test('brings back the container from before, and shows why the other one died', async () => {
    const brokenAt = await loops('loop1', { kept: 'well' });
    const outcome = await shops.trial.run({
      service: 'loop1',
      runbook: 'container_crash_loop',
      fault: 'a setting that it does not know',
      brokenAt,
    });
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', firstAttempt: true, asked: [null] });
    expect(await saidIn(database, outcome.id)).toContain('FATAL: MODE=typo is not known');
    expect(await served(portOf('loop1'), '/health')).toBe('ok');
    const { Config, RestartCount, HostConfig } = await docker.engine.getContainer('loop1').inspect();
    expect(Config.Env).toContain('MODE=good');
    expect(RestartCount).toBe(0);
    expect(HostConfig.RestartPolicy?.Name).toBe('always');
  }, 90_000);

  test('puts everything back when the snapshot loops as well', async () => {
    const brokenAt = await loops('loop1', { kept: 'ill' });
    await shops.trial.reviver.call('POST', '/recover/loop1', { runbook: 'keep' });
    await eventually(
      async () => {
        const { body } = await shops.trial.reviver.call('GET', '/snapshots/loop1');
        expect(body.items[0].contents.join()).toContain('container loop1');
        expect((await shops.trial.reviver.call('GET', '/status')).body.active_recoveries).toBe(0);
      },
      { timeoutMs: 60_000 },
    );
    const params = { within: '4s', steady: '2s' };
    const outcome = await shops.trial.run({ service: 'loop1', runbook: 'container_crash_loop', params, brokenAt });
    expect(outcome).toMatchObject({ state: 'ROLLED_BACK', steps: { stop: 'undone', back: 'undone', tell: 'pending' } });
    const { Config, State } = await docker.engine.getContainer('loop1').inspect();
    expect(Config.Env).toContain('MODE=typo');
    expect(State.Running).toBe(true);
  }, 120_000);

  test('has no plan where nothing was kept, and the loop goes on', async () => {
    const brokenAt = await loops('loop2', { kept: 'ill' });
    const refused = shops.trial.run({ service: 'loop2', runbook: 'container_crash_loop', brokenAt });
    await expect(refused).rejects.toThrow(/There is no whole snapshot of loop2\. Nothing was changed/);
    expect(Object.keys((await shops.trial.reviver.call('GET', '/recoveries?service=loop2')).body.items)).toEqual([]);
  }, 60_000);
});
