import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ANN, GROUP } from '../platforms/telegram/scene.js';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Installation, install } from '../support/reviver.js';
import { createScenes, FIXTURES, manyServices, NO_APPROVALS, type Scene, threeSteps } from '../support/scene.js';
import { openTwoPlatforms, SLACK, startBoth, type TwoPlatforms } from './two-platforms.js';

/** Whom a whole Reviver calls, on two platforms at once. */
const database = withDatabase();
const redis = withRedis();
let platforms: TwoPlatforms;
let slack: TwoPlatforms['slack'];
let telegram: TwoPlatforms['telegram'];
let reviver: Installation;
let recover: (runbook: string) => Promise<Scene>;

beforeAll(async () => {
  platforms = await openTwoPlatforms();
  ({ slack, telegram } = platforms);
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: manyServices(3),
    runbooks: {
      'stuck.yaml': threeSteps(
        'stuck',
        '{ id: b, action: run_command, with: { command: ["false"] }, retry: { strategy: manual } }',
      ),
      'failing.yaml': `id: failing
params: { file: { type: string }, gate: { type: string } }
steps: [{ id: b, action: run_command, with: { command: ["false"] }, on_failure: stop }]
`,
      'undone.yaml': threeSteps('undone', '{ id: b, action: run_command, with: { command: ["false"] } }'),
    },
    extensions: FIXTURES,
    more: NO_APPROVALS,
    ...platforms.settings,
  });
  recover = createScenes(reviver);
  await startBoth(reviver);
}, 90_000);

afterAll(async () => {
  await reviver.stop();
  await platforms.close();
}, 60_000);

const onSlack = (name: string) => slack.seen(SLACK).find(({ text }) => text.includes(`${name} ·`));
/** A group of Telegram takes 20 messages a minute, and what came before uses them up. */
const soon = { timeoutMs: 60_000 };

test.each([
  ['stuck', 'AWAITING_MANUAL'],
  ['failing', 'FAILED'],
  ['undone', 'ROLLED_BACK'],
])(
  'people are called once on each platform for one that is %s (%s), and with a sound',
  async (runbook, state) => {
    const scene = await recover(runbook);
    await scene.reaches(state);
    const onSlackThread = () =>
      slack.seen(SLACK, onSlack(scene.id)?.ts ?? '').filter(({ notified }) => notified.includes('U0ANN'));
    const calls = () =>
      telegram
        .written(GROUP)
        .filter(
          ({ text, entities, silent }) =>
            !silent && text.includes(scene.id) && JSON.stringify(entities).includes(`tg://user?id=${ANN}`),
        );
    await eventually(() => expect([onSlackThread().length, calls().length]).toEqual([1, 1]), soon);
    // A retry that ends in the same way is another situation.
    if (state !== 'AWAITING_MANUAL') return;
    expect((await reviver.call('POST', `/recoveries/${scene.id}/retry`)).status).toBe(200);
    await eventually(() => expect([onSlackThread().length, calls().length]).toEqual([2, 2]), soon);
    await reviver.call('POST', `/recoveries/${scene.id}/cancel`);
  },
  60_000,
);
