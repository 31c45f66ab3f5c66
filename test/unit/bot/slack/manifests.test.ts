import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { SHORTCUT } from '../../../../src/bot/slack/intake/listeners.js';
import { chat } from '../../../platforms/slack/methods/chat.js';
import { files } from '../../../platforms/slack/methods/files.js';
import { people } from '../../../platforms/slack/methods/people.js';
import { views } from '../../../platforms/slack/methods/views.js';
import { SCOPES } from '../../../platforms/slack/slack-server.js';

const text = (max: number) => z.string().min(1).max(max);
const url = z.literal('https://YOUR-HOST/slack/events');
/** Key names and lengths of the app manifest reference. */
const manifest = z.strictObject({
  _metadata: z.strictObject({ major_version: z.literal(2), minor_version: z.literal(1) }),
  display_information: z.strictObject({ name: text(35), description: text(140) }),
  features: z.strictObject({
    app_home: z.strictObject({
      home_tab_enabled: z.literal(true),
      messages_tab_enabled: z.boolean(),
      messages_tab_read_only_enabled: z.boolean(),
    }),
    bot_user: z.strictObject({ display_name: text(80).regex(/^[a-z0-9-_.]+$/), always_online: z.boolean() }),
    slash_commands: z.array(
      z.strictObject({
        command: text(32).startsWith('/'),
        url: url.optional(),
        description: text(2_000),
        usage_hint: text(1_000),
        should_escape: z.literal(true),
      }),
    ),
    shortcuts: z.array(
      z.strictObject({
        name: text(24),
        type: z.literal('message'),
        callback_id: z.literal(SHORTCUT),
        description: text(150),
      }),
    ),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(z.string()) }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({ request_url: url.optional(), bot_events: z.array(z.string()) }),
    interactivity: z.strictObject({ is_enabled: z.literal(true), request_url: url.optional() }),
    org_deploy_enabled: z.boolean(),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.literal(false),
  }),
});
const read = (name: string) => manifest.parse(parse(readFileSync(`deploy/slack/${name}.yaml`, 'utf8')));

describe('the app manifests', () => {
  test('are complete for their way, and the same otherwise', () => {
    const [socket, http] = [read('manifest-socket'), read('manifest-http')];
    expect([socket.settings.socket_mode_enabled, http.settings.socket_mode_enabled]).toEqual([true, false]);
    expect(JSON.stringify(socket)).not.toContain('YOUR-HOST');
    expect(JSON.stringify(http).match(/YOUR-HOST/g)).toHaveLength(3);
    expect(socket.oauth_config).toEqual(http.oauth_config);
    expect(socket.settings.event_subscriptions.bot_events).toEqual(http.settings.event_subscriptions.bot_events);
  });

  test('grant what is used, and nothing that reads along', () => {
    const granted = read('manifest-socket').oauth_config.scopes.bot;
    expect([...granted].sort()).toEqual([...SCOPES].sort());
    expect(granted.filter((scope) => /:history$|customize|email/.test(scope))).toEqual([]);
    const used = Object.entries({ ...chat, ...people, ...views, ...files(new Map()) });
    const missing = used.filter(
      ([, { scopes }]) => scopes.length > 0 && !scopes.some((scope) => granted.includes(scope)),
    );
    expect(missing.map(([name]) => name)).toEqual(['conversations.history', 'conversations.replies']);
  });
});
