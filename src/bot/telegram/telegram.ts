import type { RequestListener } from 'node:http';
import type { Log } from '../../engine/ports.js';
import type { ChatPlatform, PlatformMemory } from '../port.js';
import type { TelegramSettings } from './settings.js';

export interface TelegramOptions extends TelegramSettings {
  memory: PlatformMemory;
  /** Whether this process of the cluster is the one that polls: Telegram allows one. */
  leads(): Promise<boolean>;
  log: Log;
}

export interface TelegramPlatform extends ChatPlatform {
  /** Webhook mode: answers what Telegram sends to /telegram/webhook. */
  webhook?: RequestListener;
}

export const TELEGRAM = 'telegram';

/** Telegram as a chat platform. */
export function createTelegramPlatform(_options: TelegramOptions): TelegramPlatform {
  throw new Error('not built yet');
}
