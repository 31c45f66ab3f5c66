import { APP_TOKEN, BOT_TOKEN, createSlackServer, type SlackServer } from '../platforms/slack/slack-server.js';
import { ANN, GROUP, LEE, settle } from '../platforms/telegram/scene.js';
import { startTelegramServer, type TelegramServer } from '../platforms/telegram/server.js';
import { eventually } from '../support/index.js';
import type { Installation, InstallOptions } from '../support/reviver.js';

/** The incidents channel on Slack. */
export const SLACK = 'C0INCIDENT';

export interface TwoPlatforms {
  slack: SlackServer;
  telegram: TelegramServer;
  /** What an installation is told, so that it is on both. */
  settings: Required<Pick<InstallOptions, 'channels' | 'ids' | 'env'>>;
  close(): Promise<unknown>;
}

/** Slack and Telegram, with Ann and Lee in the incidents channel of each. */
export async function openTwoPlatforms(): Promise<TwoPlatforms> {
  const [slack, telegram] = await Promise.all([createSlackServer(), startTelegramServer()]);
  for (const id of ['U0ANN', 'U0LEE']) slack.workspace.join({ id });
  slack.workspace.open({ id: SLACK, members: ['U0ANN', 'U0LEE'] });
  settle(telegram);
  return {
    slack,
    telegram,
    settings: {
      channels: `slack: ${SLACK}, telegram: "${GROUP}"`,
      ids: { ann: `slack: U0ANN, telegram: "${ANN}"`, lee: `slack: U0LEE, telegram: "${LEE}"` },
      env: {
        SLACK_BOT_TOKEN: BOT_TOKEN,
        SLACK_APP_TOKEN: APP_TOKEN,
        SLACK_API_URL: slack.apiUrl,
        TELEGRAM_BOT_TOKEN: telegram.token,
        TELEGRAM_API_ROOT: telegram.url,
      },
    },
    close: () => Promise.all([slack.close(), telegram.close()]),
  };
}

/** One process that serves people and programs, and one that works; both ready. */
export async function startBoth(reviver: Installation): Promise<void> {
  await reviver.start('server', ['start', '--role', 'api', '--role', 'bot']);
  await reviver.start('worker', ['worker']);
  await eventually(
    async () => {
      const { status } = await reviver.call('GET', '/health');
      if (status !== 200) throw new Error(`GET /health answers ${status}`);
    },
    { timeoutMs: 20_000 },
  );
}
