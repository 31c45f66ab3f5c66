import { describe, expect, test } from '@jest/globals';
import { judgeMigrations } from '../../../../src/app/doctor/check-database.js';
import { judgeAof, judgePolicy, judgeVersion, readInfo } from '../../../../src/app/doctor/check-redis.js';
import { compareClock } from '../../../../src/app/doctor/clock.js';
import { type Finding, formatFindings, summarise } from '../../../../src/app/doctor/finding.js';

describe('the doctor judges', () => {
  test('the answer of Redis, line by line', () => {
    const info = readInfo(
      '# Server\r\nredis_version:6.0.16\r\n# Memory\r\nmaxmemory_policy:allkeys-lru\r\naof_enabled:0\r\n',
    );
    expect(judgeVersion(info)).toMatchObject({ state: 'broken', what: 'Redis 6.0.16 answers' });
    expect(judgePolicy(info)).toMatchObject({
      state: 'broken',
      mend: expect.stringContaining('maxmemory-policy noeviction'),
    });
    expect(judgeAof(info)).toMatchObject({ state: 'warning', mend: expect.stringContaining('appendonly yes') });
  });

  test.each([
    ['6.2.0', 'ok'],
    ['7.0.15', 'ok'],
    ['10.0.0', 'ok'],
    ['5.9.9', 'broken'],
  ])('Redis %s as %s', (version, state) => {
    expect(judgeVersion(new Map([['redis_version', version]])).state).toBe(state);
  });

  test('a schema that is behind, ahead or right', () => {
    expect(judgeMigrations(['a', 'b'], ['a', 'b']).state).toBe('ok');
    expect(judgeMigrations(['a', 'b'], ['a'])).toMatchObject({
      state: 'warning',
      what: '1 of 2 migrations have not been run',
    });
    expect(judgeMigrations(['a'], ['a', 'z'])).toMatchObject({
      state: 'broken',
      mend: expect.stringContaining('Update'),
    });
  });

  test('clocks that are a second apart', async () => {
    expect(await compareClock('redis', async () => Date.now())).toMatchObject({ state: 'ok' });
    expect(await compareClock('redis', async () => Date.now() - 1_500)).toMatchObject({
      state: 'broken',
      mend: expect.stringContaining('NTP'),
    });
  });

  test('and prints one line a finding, with how to mend it below', () => {
    const findings: Finding[] = [
      { state: 'ok', about: 'database', what: 'PostgreSQL 15.18 answers' },
      { state: 'broken', about: 'config', what: 'line one\nline two', mend: 'Change it.' },
      { state: 'warning', about: 'tokens', what: 'none', mend: 'Make one.' },
    ];
    expect(formatFindings(findings)).toEqual([
      '✓ database        PostgreSQL 15.18 answers',
      '✗ config          line one',
      '                  line two',
      '                  To mend: Change it.',
      '! tokens          none',
      '                  To mend: Make one.',
    ]);
    expect(summarise(findings)).toBe('1 broken, 1 could be better, 1 in order.');
    expect(summarise(findings.slice(0, 1))).toBe('Everything is in order.');
  });
});
