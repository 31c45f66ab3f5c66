import type { webApi } from '@slack/bolt';
import type { Log } from '../../../engine/ports.js';
import type { Language } from '../../port.js';
import type { Channels } from '../outbound/channels.js';
import { portError } from '../outbound/refusal.js';
import { WORDS } from '../words.js';
import type { Identity } from './identity.js';
import { findLacks, type Lack, tellLack } from './lacks.js';
import { within } from './rest.js';

export interface BelongingOptions {
  client: webApi.WebClient;
  channels: Channels;
  /** As configured. */
  incidents?: string | undefined;
  groups?: readonly string[];
  identity(): Identity | undefined;
  log: Log;
}

/** Whether the app has been given all that it needs in its workspace. */
export interface Belonging {
  /** Logs what has changed since the look before. Never rejects. */
  look(): Promise<void>;
  /** After a look that is made now, as far as Slack answers soon. */
  troubles(language: Language): Promise<string[]>;
}

const inLog = (lack: Lack) => sentences(lack, 'en');
/** Someone who ran `doctor` waits for it. */
const PATIENCE_MS = 2_000;

export function createBelonging(options: BelongingOptions): Belonging {
  const { client, channels, incidents, groups = [], identity, log } = options;
  let known: Lack[] = [];

  async function look(): Promise<void> {
    const own = identity();
    if (!own) return;
    try {
      const channel = incidents && (await channels.actual(incidents));
      const found = await findLacks(client, own, { incidents: channel, groups: groups.length > 0 });
      const before = new Set(known.map(inLog));
      for (const what of found.map(inLog)) if (!before.has(what)) log('warn', 'slack:lacks', { what });
      if (found.length === 0 && known.length > 0) log('info', 'slack:lacks_nothing');
      known = found;
    } catch (error) {
      log('info', 'slack:lacks_unknown', {
        error: portError(error, 'conversations.info', incidents ?? 'the workspace').message,
      });
    }
  }

  return {
    look,
    async troubles(language) {
      await within(look(), PATIENCE_MS);
      return known.map((lack) => sentences(lack, language));
    },
  };
}

function sentences(lack: Lack, language: Language): string {
  const { what, mend } = tellLack(lack, WORDS[language]);
  return `${what}. ${mend}`;
}
