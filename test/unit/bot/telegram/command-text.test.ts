import { describe, expect, test } from '@jest/globals';
import { commandText } from '../../../../src/bot/telegram/intake/command-text.js';

const inGroup = (text: string) => commandText(text, 'Reviver_Bot', false);

describe('a message is a command', () => {
  test.each([
    ['/recover', ''],
    ['/recover redis --dry-run', 'redis --dry-run'],
    ['/RECOVER redis', 'redis'],
    ['/recover@reviver_bot redis', 'redis'],
    ['/recover@REVIVER_BOT  redis', 'redis'],
    ['/recover\nredis', 'redis'],
    ['/help', 'help'],
    ['/help approve', 'help approve'],
    ['/status@reviver_bot R-1', 'status R-1'],
    ['/start@reviver_bot', 'help'],
  ])('%j means %j', (text, line) => {
    expect(inGroup(text)).toBe(line);
  });

  test.each([
    '/recover@other_bot redis',
    '/start',
    '/foo',
    'redis',
    'see /recover',
    '/recover, please',
    '//recover',
    '/',
  ])('%j is none for this bot in a group', (text) => {
    expect(inGroup(text)).toBeUndefined();
  });

  test('Start in the private chat greets with help', () => {
    expect(commandText('/start abc', 'reviver_bot', true)).toBe('help');
  });
});
