import type { RequestListener } from 'node:http';
import type { Log } from '../../engine/ports.js';
import type { ChatPlatform, PlatformMemory } from '../port.js';
import type { SlackSettings } from './settings.js';

export interface SlackOptions extends SlackSettings {
  memory: PlatformMemory;
  log: Log;
}

export interface SlackPlatform extends ChatPlatform {
  /** HTTP mode: answers what Slack sends to /slack/events. */
  webhook?: RequestListener;
}

export const SLACK = 'slack';

/** Slack as a chat platform. */
export function createSlackPlatform(_options: SlackOptions): SlackPlatform {
  throw new Error('not built yet');
}
