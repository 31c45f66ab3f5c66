import type { RequestListener } from 'node:http';
import type { ChatStore } from '../bot/chat-store.js';
import type { ChatPlatform, PlatformMemory } from '../bot/port.js';
import { createLeadership } from '../store/leadership.js';
import type { Pool } from '../store/pool.js';
import type { Closing } from './closing.js';
import type { NodeOptions } from './node-options.js';

interface Opened {
  platforms: ChatPlatform[];
  mounts: { path: string; handle: RequestListener }[];
}

/** The chat platforms that the environment has tokens for; their libraries are loaded only then. */
export async function openChatPlatforms(
  { slack, telegram, groups, channels, log }: NodeOptions,
  { store, pool, closing }: { store: ChatStore; pool: Pool; closing: Closing },
): Promise<Opened> {
  const opened: Opened = { platforms: [], mounts: [] };
  const memory = (platform: string): PlatformMemory => ({
    recall: (key) => store.recall(platform, key),
    remember: (key, value) => store.remember(platform, key, value),
  });
  if (slack) {
    const { createSlackPlatform, SLACK } = await import('../bot/slack/slack.js');
    const platform = createSlackPlatform({
      ...slack,
      groups: groups.filter(({ platform: name }) => name === SLACK).map(({ group }) => group),
      incidents: channels.incidents[SLACK],
      memory: memory(SLACK),
      log,
    });
    opened.platforms.push(platform);
    if (platform.webhook) opened.mounts.push({ path: '/slack/events', handle: platform.webhook });
  }
  if (telegram) {
    const { createTelegramPlatform, TELEGRAM } = await import('../bot/telegram/telegram.js');
    const leadership = createLeadership(pool, 'telegram');
    closing.add('leadership of polling', () => leadership.close());
    const platform = createTelegramPlatform({ ...telegram, memory: memory(TELEGRAM), leads: leadership.leads, log });
    opened.platforms.push(platform);
    if (platform.webhook) opened.mounts.push({ path: '/telegram/webhook', handle: platform.webhook });
  }
  return opened;
}
