import type { Environment } from '../../config/environment.js';
import type { NodeOptions } from '../node-options.js';

/** The chat platforms that the environment names; half a set was refused when it was read. */
export function chatSettings(env: Environment): Pick<NodeOptions, 'slack' | 'telegram'> {
  const slack = env.SLACK_BOT_TOKEN && {
    botToken: env.SLACK_BOT_TOKEN.reveal(),
    ...(env.SLACK_APP_TOKEN ? { appToken: env.SLACK_APP_TOKEN.reveal() } : {}),
    ...(env.SLACK_SIGNING_SECRET ? { signingSecret: env.SLACK_SIGNING_SECRET.reveal() } : {}),
    ...(env.SLACK_API_URL ? { apiUrl: env.SLACK_API_URL } : {}),
  };
  const telegram = env.TELEGRAM_BOT_TOKEN && {
    token: env.TELEGRAM_BOT_TOKEN.reveal(),
    ...(env.TELEGRAM_WEBHOOK_URL && env.TELEGRAM_WEBHOOK_SECRET
      ? { webhook: { url: env.TELEGRAM_WEBHOOK_URL, secret: env.TELEGRAM_WEBHOOK_SECRET.reveal() } }
      : {}),
    ...(env.TELEGRAM_API_ROOT ? { apiRoot: env.TELEGRAM_API_ROOT } : {}),
  };
  return { ...(slack ? { slack } : {}), ...(telegram ? { telegram } : {}) };
}
