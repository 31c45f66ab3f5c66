import { afterEach, describe, expect, test } from '@jest/globals';
import type { Standing } from '../../../src/bot/port.js';
import { CHANNEL, type SlackUnderTest, slackUnderTest } from '../../platforms/slack/slack-under-test.js';
import type { SlackPerson } from '../../platforms/slack/workspace.js';
import { eventually } from '../../support/eventually.js';

let slack: SlackUnderTest;
afterEach(() => slack.close());

const standing = (user: string, { text = 'approve R-1', channel = CHANNEL } = {}): Promise<Standing> => {
  if (!slack.platform.standing) throw new Error('it vouches for nobody');
  return slack.platform.standing({ id: 'x', user, text, origin: { platform: 'slack', channel } });
};
const doubt = async (user: string, options?: { text?: string; channel?: string }) => {
  const answer = await standing(user, options);
  return answer.sound ? 'sound' : answer.doubt;
};
const calls = (method: string) => slack.server.calls.filter((call) => call.method === method).length;

describe('Slack vouches', () => {
  test.each<[string, Partial<SlackPerson>, string]>([
    ['for a member', {}, 'sound'],
    ['not for a guest', { guest: true }, 'guest'],
    ['not for a bot', { bot: true }, 'bot'],
    ['not for who left', { deleted: true }, 'deactivated'],
    ['not for a stranger', { stranger: true }, 'external'],
    ['not for another workspace, which is no stranger in a shared channel', { team: 'T0OTHER' }, 'external'],
    ['not for another organisation', { team: 'T0OTHER', enterprise: 'E0OTHER' }, 'external'],
  ])('%s', async (_, person, expected) => {
    slack = await slackUnderTest({ before: ({ workspace }) => void workspace.join({ id: 'U0X', ...person }) });
    expect(await doubt('U0X')).toBe(expected);
  });

  test('for another workspace of the same organisation, and for no other', async () => {
    slack = await slackUnderTest({
      before: ({ workspace }) => {
        workspace.team.enterprise = 'E0OURS';
        workspace.join({ id: 'U0GRID', team: 'T0SISTER', enterprise: 'E0OURS' });
        workspace.join({ id: 'U0X', team: 'T0OTHER', enterprise: 'E0OTHER' });
      },
    });
    expect([await doubt('U0GRID'), await doubt('U0X')]).toEqual(['sound', 'external']);
  });

  test("not for Slack's own account, nor for somebody who is not there", async () => {
    slack = await slackUnderTest({ before: ({ workspace }) => void workspace.join({ id: 'USLACKBOT' }) });
    expect([await doubt('USLACKBOT'), await doubt('U0NOBODY')]).toEqual(['bot', 'unreachable']);
  });

  test('for nobody while it cannot be asked, and again when it can', async () => {
    slack = await slackUnderTest();
    for (const method of ['users.info', 'conversations.info', 'usergroups.list']) {
      slack.server.faults.failNext(method, 1, 500);
      expect(await doubt('U0ANN')).toBe('unreachable');
      expect(await doubt('U0ANN')).toBe('sound');
      slack.platform.standing && (await slack.server.event({ type: 'subteam_updated', subteam: {} }));
      await slack.server.event({ type: 'channel_shared', channel: CHANNEL });
    }
  });

  test('for nobody before it was reached', async () => {
    slack = await slackUnderTest({
      before: (server) => void server.faults.outage(),
      tuning: { longestRetryMs: 60_000 },
    });
    expect(await doubt('U0ANN')).toBe('unreachable');
  });
});

describe('a channel', () => {
  test('that became shared after the card was posted is found out at the decision', async () => {
    slack = await slackUnderTest();
    expect(await doubt('U0ANN', { text: 'status' })).toBe('sound');
    const channel = slack.server.workspace.channels.get(CHANNEL);
    if (channel) channel.extShared = true;
    expect(await doubt('U0ANN', { text: 'status' })).toBe('sound');
    await slack.server.event({ type: 'channel_shared', channel: CHANNEL });
    expect(await doubt('U0ANN', { text: 'reject R-1' })).toBe('external_channel');
  });

  test('is asked for once by many who only look', async () => {
    slack = await slackUnderTest();
    await doubt('U0ANN', { text: 'status' });
    await doubt('U0LEE', { text: 'status' });
    expect(calls('conversations.info')).toBe(1);
  });

  test('is asked for anew for a decision, without an event', async () => {
    slack = await slackUnderTest();
    expect(await doubt('U0ANN')).toBe('sound');
    const channel = slack.server.workspace.channels.get(CHANNEL);
    if (channel) channel.extShared = true;
    await eventually(async () => expect(await doubt('U0ANN')).toBe('external_channel'), { everyMs: 200 });
  });

  test('that workspaces of one organisation share is not shared with others', async () => {
    slack = await slackUnderTest({
      before: ({ workspace }) => void workspace.open({ id: 'C0ORG', orgShared: true, members: ['U0ANN'] }),
    });
    expect(await doubt('U0ANN', { channel: 'C0ORG' })).toBe('sound');
  });

  test('that the app is not in cannot be looked up, so nothing is decided there', async () => {
    slack = await slackUnderTest();
    slack.server.workspace.channels.get(CHANNEL)?.members.delete('U0REVIVER');
    const channel = slack.server.workspace.channels.get(CHANNEL);
    if (channel) channel.private = true;
    expect(await doubt('U0ANN')).toBe('unreachable');
  });
});

describe('user groups', () => {
  const withGroup: Parameters<typeof slackUnderTest>[0] = {
    before: ({ workspace }) => void workspace.groups.set('S0SRE', { id: 'S0SRE', handle: 'sre', users: ['U0ANN'] }),
  };

  test('are told, asked for once a minute, and anew when Slack says that they changed', async () => {
    slack = await slackUnderTest(withGroup);
    expect(await standing('U0ANN')).toEqual({ sound: true, groups: ['S0SRE'] });
    expect(await standing('U0LEE')).toEqual({ sound: true, groups: [] });
    expect(calls('usergroups.list')).toBe(1);
    slack.server.workspace.groups.get('S0SRE')?.users.push('U0LEE');
    await slack.server.event({ type: 'subteam_members_changed', subteam_id: 'S0SRE' });
    expect(await standing('U0LEE')).toEqual({ sound: true, groups: ['S0SRE'] });
  });

  test('are never asked for where none has a role', async () => {
    slack = await slackUnderTest({ ...withGroup, options: { groups: [] } });
    expect(await standing('U0ANN')).toEqual({ sound: true, groups: [] });
    expect(calls('usergroups.list')).toBe(0);
  });

  test.each(['plan_upgrade_required', 'missing_scope'])('give nothing without the feature: %s', async (code) => {
    slack = await slackUnderTest(withGroup);
    slack.server.faults.failNext('usergroups.list', 1, code);
    expect(await standing('U0ANN')).toEqual({ sound: true, groups: [] });
  });
});
