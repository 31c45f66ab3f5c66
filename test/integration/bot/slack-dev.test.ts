import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { createSlackPlatform } from '../../../src/bot/slack/slack.js';
import { APP_TOKEN, BOT_TOKEN } from '../../platforms/slack/slack-server.js';
import { QUICK, remembering } from '../../platforms/slack/slack-under-test.js';
import { createTestDesk } from '../../support/desk.js';
import { eventually } from '../../support/eventually.js';

describe('npm run dev:slack', () => {
  test('is a Slack by hand: it prints how to reach it, does what is typed, and shows what changes', async () => {
    const child = spawn(process.execPath, ['scripts/dev-slack.mjs'], {
      env: { ...process.env, NODE_OPTIONS: '', PORT: '0' },
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    try {
      const apiUrl = await eventually(() => /SLACK_API_URL=(\S+)/.exec(said)?.[1] ?? '', { timeoutMs: 20_000 });
      const platform = createSlackPlatform({
        botToken: BOT_TOKEN,
        appToken: APP_TOKEN,
        apiUrl,
        memory: remembering(new Map()),
        log: () => {},
        tuning: QUICK,
      });
      const card = { tone: 'good' as const, title: 'all is well', lines: [], buttons: [] };
      await platform.start(createTestDesk((input) => platform.reply(input, card)));
      child.stdin.write('as lee\n/recover status\n');
      await eventually(() => expect(said).toContain('only lee │ 🟢 all is well'));
      child.stdin.write('nonsense\n');
      await eventually(() => expect(said.match(/presses the newest button/g)).toHaveLength(2));
      await platform.stop();
      child.stdin.end();
      await once(child, 'exit');
      expect(child.exitCode).toBe(0);
    } finally {
      child.stdin.end();
    }
  }, 40_000);
});
