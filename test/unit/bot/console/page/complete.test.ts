import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import '../../../../support/fuzz.js';
import { lineOf } from '../../../../../src/bot/console/page/model/command-line.js';
import { accept, complete } from '../../../../../src/bot/console/page/model/complete.js';
import { CATALOG } from './builders.js';

const offered = (text: string, caret = text.length) =>
  complete(text, caret, CATALOG, ['I-3']).map(({ insert }) => insert);

describe('the command box offers', () => {
  test.each([
    [
      'services, runbooks and commands in an empty box',
      '',
      ['redis', '"shop web"', 'redis_outage', 'status', 'approve', 'help'],
    ],
    ['the same after /recover', '/recover ', ['redis', '"shop web"', 'redis_outage', 'status', 'approve', 'help']],
    ['what begins with what is typed', 'red', ['redis', 'redis_outage']],
    ['also what has it within', 'out', ['redis_outage']],
    ['nothing for what is typed whole', 'redis_outage', []],
    [
      'recoveries, incidents and services behind a command that takes them',
      'status ',
      ['R-41', 'I-3', 'redis', '"shop web"'],
    ],
    ['recoveries alone where only they fit', '/recover approve R', ['R-41']],
    ['commands behind help', 'help st', ['status']],
    [
      'parameters with their defaults and options behind a service',
      'redis ',
      ['backup=redis_backup', 'backup=', 'keys=', '--strategy', '--runbook', '--priority', '--dry-run'],
    ],
    ['no parameter twice', 'redis backup=x ba', []],
    ['parameters of the runbook that is the target', 'redis_outage k', ['keys=']],
    ['options after two dashes', 'redis --r', ['--runbook']],
    ['no option twice', 'redis --dry-run --d', []],
    ['strategies of that service', 'redis --strategy ', ['restart', 'recreate']],
    ['runbooks of that service', 'redis --runbook r', ['redis_outage']],
    ['priorities', 'redis --priority 1', ['10']],
    ['nothing behind words that take nothing', 'approve R-41 x', []],
    ['options behind a service whose name is quoted', '"shop web" --s', ['--strategy']],
  ])('%s', (_what, text, expected) => {
    expect(offered(text)).toEqual(expected);
  });

  test('what fits the word at the caret, not the one at the end', () => {
    expect(offered('sta R-41', 3)).toEqual(['status']);
  });
});

describe('a suggestion', () => {
  const take = (text: string, insert: string, caret = text.length) =>
    accept(text, caret, { insert, kind: 'service', note: '' });

  test.each([
    ['takes the place of the word', 'red', 'redis', 'redis '],
    ['stands behind what was typed before', '/recover status re', 'redis', '/recover status redis '],
    ['leaves the caret where a value has to follow', 'redis ke', 'keys=', 'redis keys='],
    ['follows a blank', 'redis ', '--dry-run', 'redis --dry-run '],
  ])('%s', (_what, text, insert, expected) => {
    expect(take(text, insert)).toEqual({ text: expected, caret: expected.length });
  });

  test('keeps what is behind the caret', () => {
    expect(take('sta R-41', 'status', 3)).toEqual({ text: 'status R-41', caret: 7 });
  });

  test('never throws, and always leaves the caret inside the text', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(40), (text, at) => {
        const caret = Math.min(at, text.length);
        for (const suggestion of complete(text, caret, CATALOG, [])) {
          const next = accept(text, caret, suggestion);
          expect(next.caret).toBeLessThanOrEqual(next.text.length);
          expect(next.text).toContain(suggestion.insert);
        }
      }),
    );
  });
});

describe('what is said', () => {
  test.each([
    ['/recover redis', 'redis'],
    ['  /Recover   status R-1 ', 'status R-1'],
    ['/help', 'help'],
    ['redis', 'redis'],
    ['/recover', ''],
    ['/recovery', 'recovery'],
  ])('%j is the command %j', (text, line) => {
    expect(lineOf(text)).toBe(line);
  });
});
