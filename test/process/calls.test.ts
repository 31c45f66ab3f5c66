import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { APP_TOKEN, BOT_TOKEN, createSlackServer, type SlackServer } from '../platforms/slack/slack-server.js';
import { ANN, GROUP, LEE, settle } from '../platforms/telegram/scene.js';
import { startTelegramServer, type TelegramServer } from '../platforms/telegram/server.js';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Installation, install } from '../support/reviver.js';
import { createScenes, FIXTURES, manyServices, NO_APPROVALS, type Scene, threeSteps } from '../support/scene.js';

/** Whom a whole Reviver calls, on two platforms at once. */
const SLACK = 'C0INCIDENT';

const database = withDatabase();
const redis = withRedis();
let slack: SlackServer;
let telegram: TelegramServer;
let reviver: Installation;
let recover: (runbook: string) => Promise<Scene>;

beforeAll(async () => {
  [slack, telegram] = await Promise.all([createSlackServer(), startTelegramServer()]);
  for (const id of ['U0ANN', 'U0LEE']) slack.workspace.join({ id });
  slack.workspace.open({ id: SLACK, members: ['U0ANN', 'U0LEE'] });
  settle(telegram);
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
    channels: `slack: ${SLACK}, telegram: "${GROUP}"`,
    ids: { ann: `slack: U0ANN, telegram: "${ANN}"`, lee: `slack: U0LEE, telegram: "${LEE}"` },
    env: {
      SLACK_BOT_TOKEN: BOT_TOKEN,
      SLACK_APP_TOKEN: APP_TOKEN,
      SLACK_API_URL: slack.apiUrl,
      TELEGRAM_BOT_TOKEN: telegram.token,
      TELEGRAM_API_ROOT: telegram.url,
    },
  });
  recover = createScenes(reviver);
  await reviver.start('server', ['start', '--role', 'api', '--role', 'bot']);
  await reviver.start('worker', ['worker']);
  await eventually(async () => expect((await reviver.call('GET', '/health')).status).toBe(200), { timeoutMs: 20_000 });
}, 90_000);

afterAll(async () => {
  await reviver.stop();
  await Promise.all([slack.close(), telegram.close()]);
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
