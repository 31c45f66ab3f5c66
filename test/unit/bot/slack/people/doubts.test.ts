import { describe, expect, test } from '@jest/globals';
import { doubtOfUser, sharedWithOthers } from '../../../../../src/bot/slack/people/doubts.js';

const OWN = { team: 'T1', scopes: [] };
const GRID = { ...OWN, enterprise: 'E1' };
const ANN = { id: 'U1', team_id: 'T1' };

describe('who is doubted', () => {
  test.each([
    ['nobody of the workspace', ANN, OWN, undefined],
    ['a bot', { ...ANN, is_bot: true }, OWN, 'bot'],
    ['who was deactivated', { ...ANN, deleted: true }, OWN, 'deactivated'],
    ['a guest of many channels', { ...ANN, is_restricted: true }, OWN, 'guest'],
    ['a guest of one channel', { ...ANN, is_ultra_restricted: true }, OWN, 'guest'],
    ['an outsider who is also a guest', { id: 'U1', team_id: 'T2', is_restricted: true }, OWN, 'external'],
    ['someone without a team', { id: 'U1' }, OWN, 'external'],
    [
      'another workspace, where we have no organisation',
      { id: 'U1', team_id: 'T2', enterprise_user: { enterprise_id: '' } },
      OWN,
      'external',
    ],
    [
      'nobody of our organisation',
      { id: 'W1', team_id: 'T2', enterprise_user: { enterprise_id: 'E1' } },
      GRID,
      undefined,
    ],
    ['another organisation', { id: 'W1', team_id: 'T2', enterprise_user: { enterprise_id: 'E2' } }, GRID, 'external'],
  ])('%s', (_, user, own, doubt) => {
    expect(doubtOfUser(user, own)).toBe(doubt);
  });
});

describe('a channel is shared with others', () => {
  test.each([
    [{}, false],
    [{ is_ext_shared: true }, true],
    [{ is_pending_ext_shared: true }, true],
    [{ is_shared: true }, true],
    [{ is_shared: true, is_org_shared: true }, false],
  ])('%j: %j', (channel, expected) => {
    expect(sharedWithOthers(channel)).toBe(expected);
  });
});
