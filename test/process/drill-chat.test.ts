import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort } from '../../scripts/services/free-port.mjs';
import { ANN, GROUP, LEE } from '../platforms/telegram/scene.js';
import { eventually, type OwnRedis, startOwnRedis, withDatabase } from '../support/index.js';
import { type Installation, install } from '../support/reviver.js';
import { openTwoPlatforms, SLACK, type TwoPlatforms } from './two-platforms.js';

/** A drill as people have it: asked for on one platform, approved and aborted on either, with the words that they read. */
const database = withDatabase();
let redis: OwnRedis;
let platforms: TwoPlatforms;
let slack: TwoPlatforms['slack'];
let telegram: TwoPlatforms['telegram'];
let reviver: Installation;
let port: number;

beforeAll(async () => {
  [platforms, redis] = await Promise.all([openTwoPlatforms(), startOwnRedis()]);
  ({ slack, telegram } = platforms);
  port = await freePort();
  const serve = `require('http').createServer((q, a) => a.end('ok')).listen(${port}, '127.0.0.1')`;
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: `  - name: shop
    runtime: process
    process: { command: [${process.execPath}, -e, "${serve}"], cwd: . }
    health: [{ type: http, url: "http://127.0.0.1:${port}/", interval: 200ms, timeout: 1s, failures: 2 }]
    recovery_strategies: [restart]
    drill: { allowed: true }`,
    runbooks: {
      'back.yaml': 'id: back\nmatch: { services: [shop] }\nsteps: ["start_service: shop"]\n',
      'never.yaml': `id: never
steps:
  - { id: hang, action: wait_for, with: { tcp: "127.0.0.1:1", for: 10m }, on_failure: stop }
`,
    },
    more: 'approvals: { rules: [{ when: "true", need: 0 }] }',
    ...platforms.settings,
  });
  await reviver.start('server', ['start']);
  const { body } = await reviver.call('POST', '/recover/shop', { strategy: 'restart' });
  await reviver.reaches(body.id, 'SUCCEEDED');
  await eventually(async () => {
    expect(await database.query(`SELECT FROM service_health WHERE status = 'healthy'`)).toHaveLength(1);
  });
}, 90_000);

afterAll(async () => {
  const pid = await pidOf('shop');
  await reviver.stop();
  await Promise.all([platforms.close(), redis.stop()]);
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
}, 60_000);

/** Of the service as it runs now; read where its runtime keeps it. */
async function pidOf(service: string): Promise<number | undefined> {
  const text = await readFile(join(reviver.folder, 'data', 'processes', `${service}.pid`), 'utf8').catch(() => '');
  const pid = Number.parseInt(/\d+/.exec(text)?.[0] ?? '', 10);
  return Number.isNaN(pid) ? undefined : pid;
}

const soon = { timeoutMs: 20_000 };
const onSlack = (name: string) => slack.seen(SLACK).find(({ text }) => text.includes(`${name} ·`));
const onTelegram = (name: string) => telegram.written(GROUP).find(({ text }) => text.includes(`${name} ·`));
const answers = () =>
  fetch(`http://127.0.0.1:${port}/`)
    .then(({ ok }) => ok)
    .catch(() => false);

/** The newest drill, as soon as both platforms show it. */
async function shown() {
  return eventually(async () => {
    const { body } = await reviver.call('GET', '/recoveries?service=shop&state=AWAITING_APPROVAL');
    const [{ id }] = body.items;
    const [there, here] = [onSlack(id), onTelegram(id)];
    if (!there || !here) throw new Error('not on both yet');
    return { id: String(id), slack: there, telegram: here };
  }, soon);
}

describe('a drill', () => {
  test('asked for on Slack says what it breaks, is approved on Telegram by somebody else, and says how long it took', async () => {
    await slack.as('U0ANN').command('drill shop');
    const { id, slack: asked, telegram: card } = await shown();
    for (const { text } of [asked, card])
      expect(text).toContain('A drill: shop is well, is stopped on purpose, and brought back by this plan.');
    expect(asked.buttons).toEqual(expect.arrayContaining(['Approve', 'Reject', 'Abort']));
    expect(await answers()).toBe(true);
    telegram.people.press(ANN, GROUP, card.id, 'Approve');
    await eventually(
      () =>
        expect(telegram.presses().map(({ answer }) => JSON.stringify(answer))).toContainEqual(
          expect.stringMatching(/someone else must approve/),
        ),
      soon,
    );
    telegram.people.press(LEE, GROUP, card.id, 'Approve');
    await reviver.reaches(id, 'SUCCEEDED', 30_000);
    for (const where of [onSlack, onTelegram])
      await eventually(
        () =>
          expect(where(id)?.text).toMatch(
            /A drill: noticed after [\d.]+ s, well again [\d.]+ s later\. back is proven\./,
          ),
        soon,
      );
    expect(await answers()).toBe(true);
  }, 60_000);

  test('asked for on Telegram is aborted on Slack while the service lies broken: it runs again, and both say so', async () => {
    telegram.people.type(LEE, GROUP, '/recover drill shop --runbook never');
    const { id, slack: asked } = await shown();
    await slack.as('U0ANN').press(SLACK, asked.ts, 'Approve');
    await reviver.step(id, 3, 'running', 30_000);
    expect(await answers()).toBe(false);
    const running = await eventually(() => {
      const found = onSlack(id);
      expect(found?.buttons).toContain('Abort');
      return found;
    }, soon);
    await slack.as('U0ANN').press(SLACK, running?.ts ?? '', 'Abort');
    const ended = await reviver.reaches(id, 'ROLLED_BACK', 30_000);
    expect(ended.outcome).toMatchObject({ code: 'drill_aborted' });
    expect(await answers()).toBe(true);
    for (const where of [onSlack, onTelegram])
      await eventually(() => expect(where(id)?.text).toContain('The drill was ended before its time'), soon);
  }, 60_000);

  test('is aborted on Telegram, too, and before anybody approved it nothing was broken', async () => {
    await slack.as('U0LEE').command('drill shop');
    const { id, telegram: card } = await shown();
    // The first press is asked about: what is aborted, and what that means.
    telegram.people.press(ANN, GROUP, card.id, 'Abort');
    await eventually(
      () =>
        expect(telegram.presses().map(({ answer }) => JSON.stringify(answer))).toContainEqual(
          expect.stringContaining(`End the drill ${id}? shop is started again.`),
        ),
      soon,
    );
    await eventually(
      async () => {
        telegram.people.press(ANN, GROUP, card.id, 'Abort');
        expect((await reviver.recovery(id)).state).toBe('CANCELLED');
      },
      { ...soon, everyMs: 1_000 },
    );
    expect(await answers()).toBe(true);
  }, 60_000);

  test('goes on, and is aborted, while tools/chaos/kill_redis.sh has killed the Redis of Reviver itself', async () => {
    await slack.as('U0ANN').command('drill shop --runbook never');
    const { id, slack: asked } = await shown();
    await slack.as('U0LEE').press(SLACK, asked.ts, 'Approve');
    await reviver.step(id, 3, 'running', 30_000);
    const target = `data:${redis.dir}`;
    const allowed = join(reviver.folder, 'chaos-allowed');
    const env = { ...process.env, CHAOS_ALLOWED: allowed };
    await writeFile(allowed, 'redis data:/elsewhere\n');
    expect(spawnSync('tools/chaos/kill_redis.sh', [target], { env }).status).toBe(3);
    await writeFile(allowed, `redis ${target}\n`);
    expect(spawnSync('tools/chaos/kill_redis.sh', [], { env, encoding: 'utf8' }).stdout).toBe(`killed: ${target}\n`);
    await slack.as('U0ANN').press(SLACK, asked.ts, 'Abort');
    const ended = await reviver.reaches(id, 'ROLLED_BACK', 30_000);
    expect(ended.outcome).toMatchObject({ code: 'drill_aborted' });
    expect(await answers()).toBe(true);
  }, 60_000);
});
