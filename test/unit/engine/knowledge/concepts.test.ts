import { describe, expect, test } from '@jest/globals';
import { conceptsIn, phraseRegExp } from '../../../../src/engine/knowledge/concepts.js';
import { codesOf, wordsOf } from '../../../../src/engine/knowledge/normalise.js';

describe('words', () => {
  test.each([
    ['HostOutOfDiskSpace', ['host', 'out', 'of', 'disk', 'space']],
    ['CERT_HAS_EXPIRED', ['cert', 'has', 'expired']],
    ['PostgreSQL и Ёлка', ['postgres', 'и', 'елка']],
    ['request 4f9a01bc22de at 10.0.0.5 exit 137', ['request', 'at', '10', '0', '0', '5', 'exit', '137']],
  ])('of %s', (text, words) => expect(wordsOf(text)).toEqual(words));

  test('of a long text are those of its beginning', () => {
    expect(wordsOf(`${'word '.repeat(2_000)}end`)).not.toContain('end');
  });

  test('names of alerts and errors are kept whole, too', () => {
    expect(codesOf('HostHighCpuLoad: connect ECONNREFUSED, CERT_HAS_EXPIRED. Redis is down')).toEqual([
      '=HostHighCpuLoad',
      '=ECONNREFUSED',
      '=CERT_HAS_EXPIRED',
    ]);
  });
});

describe('a phrase of the lexicon', () => {
  const says = (phrase: string, text: string) => new RegExp(phraseRegExp(phrase), 'u').test(` ${text} `);

  test.each<[string, string, boolean]>([
    ['disk full', 'the disk full', true],
    ['disk full', 'disks full', false],
    ['disk* full', 'disks full', true],
    ['no _ space', 'no more free space', true],
    ['no _ space', 'no one two three four space', false],
    ['disk|volume & full', 'full was the volume', true],
    ['restarts N', 'restarts 42', true],
    ['restarts N', 'restarts often', false],
    ['max_connections', 'max connections', true],
  ])('"%s" in "%s": %s', (phrase, text, expected) => expect(says(phrase, text)).toBe(expected));
});

test.each([
  ['no space left on device', '#disk_full'],
  ['кончилось место на диске', '#disk_full'],
  ['sorry, too many clients already', '#conn_exhausted'],
  ['FATAL: remaining connection slots are reserved', '#conn_exhausted'],
  ['реплика отстаёт', '#replica_lag'],
  ['x509: certificate has expired', '#cert_expired'],
  ['CrashLoopBackOff', '#crash_loop'],
])('"%s" speaks of %s', (text, concept) => expect(conceptsIn(wordsOf(text))).toContain(concept));
