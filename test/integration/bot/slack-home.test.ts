import { afterEach, describe, expect, test } from '@jest/globals';
import type { Card } from '../../../src/bot/port.js';
import {
  type SlackUnderTest,
  type SlackUnderTestOptions,
  slackUnderTest,
} from '../../platforms/slack/slack-under-test.js';
import { eventually } from '../../support/eventually.js';

let slack: SlackUnderTest;
let cards: Card[];
afterEach(() => slack.close());

const open = async (options: SlackUnderTestOptions = {}): Promise<void> => {
  cards = [
    { tone: 'good', title: '0 running', lines: ['redis: healthy'], buttons: [] },
    { tone: 'waiting', title: 'R-1 · redis', lines: [], buttons: [{ label: 'Details', command: 'status R-1' }] },
  ];
  slack = await slackUnderTest({ desk: { home: async () => cards }, tuning: { homeEveryMs: 50 }, ...options });
};
const home = (user = 'U0ANN') => {
  const shown = slack.server.workspace.homes.get(user);
  return shown && { ...shown, text: slack.server.workspace.shown({ text: '', blocks: shown.payload.blocks }).text };
};

describe('App Home', () => {
  test('shows how things are, follows them while they change, and is drawn only then', async () => {
    await open();
    await slack.server.as('U0ANN').openHome();
    await eventually(() => expect(home()?.text).toContain('🟢 0 running\nredis: healthy'));
    expect(home()?.text).toContain('R-1 · redis');
    cards = [{ tone: 'good', title: 'all is well', lines: [], buttons: [] }];
    await eventually(() => expect(home()?.text).toBe('🟢 all is well'));
    expect(home()?.published).toBe(2);
  });

  test('its buttons are commands, whose answer comes directly', async () => {
    await open({
      desk: { home: async () => cards },
      handle: (input, platform) => platform.reply(input, { tone: 'neutral', title: 'details', lines: [], buttons: [] }),
    });
    await slack.server.as('U0ANN').openHome();
    await eventually(() => expect(home()).toBeDefined());
    await slack.server.as('U0ANN').pressAtHome('Details');
    await slack.settled();
    expect(slack.inputs).toMatchObject([{ text: 'status R-1', user: 'U0ANN', origin: { channel: 'U0ANN' } }]);
    expect(slack.inputs[0]).not.toHaveProperty('clicked');
    expect(slack.server.privately('U0ANN').map(({ text }) => text)).toEqual(['details']);
  });

  test('shows nothing to whom Slack does not vouch for', async () => {
    await open({ before: ({ workspace }) => void workspace.join({ id: 'U0OUT', team: 'T0OTHER' }) });
    await slack.server.as('U0OUT').openHome();
    await eventually(() => expect(home('U0OUT')?.text).toContain('does not vouch for you'));
  });

  test('is no longer followed after a while, and says when the state cannot be shown', async () => {
    let asked = 0;
    await open({
      tuning: { homeEveryMs: 20, homeFollowedMs: 60 },
      desk: {
        home: async () => {
          asked += 1;
          throw new Error('the database is away');
        },
      },
    });
    await slack.server.as('U0ANN').openHome();
    await eventually(() => expect(home()?.text).toContain('cannot be shown now'));
    let before = -1;
    const same = () => {
      const still = asked === before;
      before = asked;
      return still;
    };
    await eventually(same, { everyMs: 150 });
  });
});
