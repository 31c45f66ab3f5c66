import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import type { Log } from '../../../engine/ports.js';
import { portError } from '../outbound/refusal.js';
import { heard } from '../outbound/speech.js';
import type { SlackTuning } from '../settings.js';
import { rest } from './rest.js';
import type { Sense } from './sense.js';

/** Who Reviver is in its workspace. */
export interface Identity {
  team: string;
  /** Of the organisation, where the workspace belongs to one. */
  enterprise?: string;
  bot?: string;
  user?: string;
  /** What people call it: `reviver`. */
  name?: string;
  /** What the app may do. */
  scopes: readonly string[];
}

const answer = z.object({
  team_id: z.string(),
  enterprise_id: z.string().nullish(),
  bot_id: z.string().nullish(),
  user_id: z.string().nullish(),
  user: z.string().nullish(),
  response_metadata: z.object({ scopes: z.array(z.string()).optional() }).nullish(),
});

export interface Introduction {
  /** undefined: Slack has not been reached yet. */
  identity(): Identity | undefined;
  /** After the first attempt, however it went. */
  begun: Promise<void>;
  over: Promise<void>;
}

export interface IntroduceOptions {
  client: webApi.WebClient;
  speaks: Sense;
  tuning: SlackTuning;
  log: Log;
  /** After each answer. Never rejects. */
  known(): Promise<void>;
}

/** One look. Throws what the library throws. */
export async function whoAmI(client: webApi.WebClient): Promise<Identity> {
  const given = answer.parse(await client.auth.test());
  return {
    team: given.team_id,
    ...(given.enterprise_id ? { enterprise: given.enterprise_id } : {}),
    ...(given.bot_id ? { bot: given.bot_id } : {}),
    ...(given.user_id ? { user: given.user_id } : {}),
    ...(given.user ? { name: given.user } : {}),
    scopes: given.response_metadata?.scopes ?? [],
  };
}

/**
 * Asks Slack who we are until it answers, and then again and again whether the token still holds. The library would ask
 * once, at its start, and refuse everything from then on if that failed.
 */
export function introduce({ client, speaks, tuning, log, known }: IntroduceOptions, signal: AbortSignal): Introduction {
  const { firstRetryMs, longestRetryMs, probeEveryMs } = tuning;
  let identity: Identity | undefined;
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));

  async function ask(): Promise<void> {
    identity = await heard(speaks, () => whoAmI(client));
    await known();
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        await ask();
        if (failures > 0) log('info', 'slack:reached');
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures === 1) log('warn', 'slack:unreachable', { error: portError(error, 'auth.test', '').message });
      }
      begin();
      await rest(failures > 0 ? Math.min(longestRetryMs, firstRetryMs * 2 ** failures) : probeEveryMs, signal);
    }
    begin();
  }

  return { identity: () => identity, begun, over: run() };
}
