import { beforeAll, expect, test } from '@jest/globals';
import { describeDocker, withDocker } from '../../support/docker.js';
import { eventually, withDatabase, withRedis } from '../../support/index.js';
import { deploy, inside, isWell, keepNow, release, saidIn, served } from './shop.js';
import { openShops, type Shops } from './shops.js';

const docker = withDocker();
const database = withDatabase();
const redis = withRedis();
let shops: Shops;

const NAMES = ['shop1', 'shop2', 'shop3'];
const portOf = (name: string): number => shops.port(name);

beforeAll(async () => {
  if (!docker.there) return;
  await release(docker.engine, 'v1');
  await release(docker.engine, 'v2');
  shops = await openShops(NAMES, { database, redis, docker });
}, 90_000);

async function versionOne(name: string): Promise<void> {
  await deploy(docker.engine, { name, port: portOf(name), tag: 'v1' });
  await isWell(portOf(name));
  await inside(docker.engine, name, 'echo one > /data/orders');
}

async function versionTwo(name: string): Promise<number> {
  await deploy(docker.engine, { name, port: portOf(name), tag: 'v2' });
  await inside(docker.engine, name, 'echo two >> /data/orders');
  return performance.now();
}

describeDocker('bad_deploy', () => {
  test('brings back the version from before, and orders taken since then stay', async () => {
    await versionOne('shop1');
    await keepNow(shops.trial, 'shop1');
    const brokenAt = await versionTwo('shop1');
    expect(await served(portOf('shop1'), '/health')).toBeUndefined();
    const outcome = await shops.trial.run({
      service: 'shop1',
      runbook: 'bad_deploy',
      fault: 'a new image, whose health check fails',
      brokenAt,
    });
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', firstAttempt: true, asked: [null] });
    expect(await served(portOf('shop1'), '/version')).toBe('v1');
    expect(await served(portOf('shop1'), '/orders')).toBe('one\ntwo');
    expect(await saidIn(database, outcome.id)).toMatch(/ERROR: no table coupons; token=(?!hunter2)/);
  }, 90_000);

  test('brings the data back, too, where people choose that', async () => {
    await versionOne('shop1');
    await keepNow(shops.trial, 'shop1');
    const brokenAt = await versionTwo('shop1');
    const params = { data: 'kept' };
    const outcome = await shops.trial.run({
      service: 'shop1',
      runbook: 'bad_deploy',
      fault: 'a new image, data to be brought back, too',
      params,
      brokenAt,
    });
    expect(outcome).toMatchObject({ state: 'SUCCEEDED' });
    expect(await served(portOf('shop1'), '/orders')).toBe('one');
  }, 90_000);

  test('puts the new version back when the old one is not well either, and says so', async () => {
    await versionOne('shop2');
    await keepNow(shops.trial, 'shop2');
    const brokenAt = await versionTwo('shop2');
    await inside(docker.engine, 'shop2', 'touch /data/spoilt');
    const params = { within: '2s', steady: '1s' };
    const outcome = await shops.trial.run({ service: 'shop2', runbook: 'bad_deploy', params, brokenAt });
    expect(outcome).toMatchObject({ state: 'ROLLED_BACK', steps: { back: 'undone', tell: 'pending' } });
    expect(outcome.view.steps.find(({ id }: { id: string }) => id === 'back').error.message).toMatch(
      /not healthy after/,
    );
    expect(await served(portOf('shop2'), '/version')).toBe('v2');
    expect(await served(portOf('shop2'), '/orders')).toBeUndefined();
    await inside(docker.engine, 'shop2', 'grep -q two /data/orders');
  }, 90_000);

  test('leaves the new version when the image of the old one is gone, and says which to fetch', async () => {
    await release(docker.engine, 'v1');
    await versionOne('shop3');
    await docker.engine.getImage('shop:v1').tag({ repo: 'only', tag: 'here' });
    await keepNow(shops.trial, 'shop3');
    const brokenAt = await versionTwo('shop3');
    for (const tag of ['shop:v1', 'only:here']) await docker.engine.getImage(tag).remove({ force: true });
    const outcome = await shops.trial.run({ service: 'shop3', runbook: 'bad_deploy', brokenAt });
    expect(outcome.state).toBe('ROLLED_BACK');
    expect(JSON.stringify(outcome.view)).toMatch(/image shop:v1 of the snapshot is not on this Docker engine any more/);
    await eventually(async () => expect(await served(portOf('shop3'), '/version')).toBe('v2'));
  }, 90_000);

  test('without a snapshot there is no plan, and nothing is done', async () => {
    await expect(
      shops.trial.run({ service: 'shop3', runbook: 'bad_deploy', params: { snapshot: 'nope' }, brokenAt: 0 }),
    ).rejects.toThrow(/There is no such snapshot of shop3\. Nothing was changed/);
  });
});
