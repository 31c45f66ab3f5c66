import type { ChatPlatform, Desk } from '../../../src/bot/port.js';
import { CHANNEL, MODES, type Mode, slackUnderTest } from '../../platforms/slack/slack-under-test.js';
import { chatPlatformContract, type PlatformUnderTest } from './chat-platform-contract.js';

const NAMES: Record<Mode, string> = { socket: 'Slack in Socket Mode', http: 'Slack over HTTP' };

for (const mode of MODES)
  chatPlatformContract(NAMES[mode], async (): Promise<PlatformUnderTest> => {
    const slack = await slackUnderTest({ mode, start: false });
    const { server } = slack;
    const handled: Promise<void>[] = [];
    /** The suite's desk is asked; what comes of an input is waited for here. */
    const platform: ChatPlatform = {
      ...slack.platform,
      start: (desk: Desk) =>
        slack.startWith({
          ...desk,
          accept: async (input) => {
            const accepted = await desk.accept(input);
            handled.push(accepted.handled);
            return accepted;
          },
        }),
    };
    /** What only they see, of what comes now. */
    const privatelyAfter = async (user: string, act: () => Promise<unknown>): Promise<string[]> => {
      const before = server.privately(user).length;
      await act();
      await Promise.all(handled);
      return server
        .privately(user)
        .slice(before)
        .map(({ text }) => text);
    };
    return {
      platform,
      channel: CHANNEL,
      seen: async (thread) =>
        server.seen(CHANNEL, thread).map(({ ts, text, buttons }) => ({ message: ts, text, buttons })),
      type: (user, text, id) =>
        privatelyAfter(user, () => server.as(user).command(text.replace(/^\/recover /, ''), { id })),
      press: (user, message, label) => privatelyAfter(user, () => server.as(user).press(CHANNEL, message, label)),
      remove: async (message) => {
        const found = server.workspace.find(CHANNEL, message);
        if (found) found.deleted = true;
      },
      close: () => slack.close(),
    };
  });
