import { App, type CodedError, type Logger, LogLevel } from '@slack/bolt';
import type { Log } from '../../../engine/ports.js';
import type { SlackSettings } from '../settings.js';
import { once } from './clients.js';
import type { Identity } from './identity.js';
import { redact } from './redact.js';

/** What Bolt gives to an error handler when it is asked for all of it. */
interface ExtendedErrorHandlerArgs {
  error: CodedError;
  body: object;
}

export interface BoltApp {
  app: App;
  /** Bodies whose listener threw. */
  failed: WeakSet<object>;
}

const NO_RECEIVER = { init: () => {}, start: async () => {}, stop: async () => {} };

/**
 * Bolt without its connections, which are ours. It never asks who we are: by itself it would ask once at the start, and
 * refuse every event after a failure. An event that comes before Slack was reached is taken as well.
 */
export function createBoltApp(
  settings: SlackSettings,
  identity: () => Identity | undefined,
  logger: Logger,
  log: Log,
): BoltApp {
  const failed = new WeakSet<object>();
  const app = new App({
    receiver: NO_RECEIVER,
    authorize: async () => {
      const { bot, user } = identity() ?? {};
      return {
        botToken: settings.botToken,
        ...(bot === undefined ? {} : { botId: bot }),
        ...(user === undefined ? {} : { botUserId: user }),
      };
    },
    convoStore: false,
    logger,
    logLevel: LogLevel.WARN,
    clientOptions: once(settings, 0),
    extendedErrorHandler: true,
  });
  app.error(async (given: CodedError | ExtendedErrorHandlerArgs) => {
    const error = 'body' in given ? given.error : given;
    if ('body' in given) failed.add(given.body);
    log('error', 'slack:listener_failed', { error: redact(error.stack ?? String(error)).slice(0, 2_000) });
  });
  return { app, failed };
}
