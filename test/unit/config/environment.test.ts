import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { inspectEnvironment, readEnvironment } from '../../../src/config/environment.js';

const DATABASE_URL = 'postgresql://ann:s3cret@db:5432/reviver';

describe('the environment', () => {
  test('has defaults where nothing is set', () => {
    const env = readEnvironment({});
    expect(env).toMatchObject({ PORT: 8014, METRICS_PORT: 9091, LOG_LEVEL: 'info', REVIVER_DATA: resolve('data') });
    expect(env.API_TOKENS_FILE).toBe(resolve('data/tokens.json'));
    expect(env.DATABASE_URL).toBeUndefined();
    expect(Object.isFrozen(env)).toBe(true);
  });

  test.each([
    ['https://reviver.example.com', true],
    ['https://Reviver.example.com,http://ops.example:8080', true],
    ['https://reviver.example.com/console', false],
    ['reviver.example.com', false],
    ['*', false],
  ])('takes origins of pages as browsers say them: %s', (REVIVER_ORIGINS, fits) => {
    const read = () => readEnvironment({ REVIVER_ORIGINS }).REVIVER_ORIGINS;
    if (fits) expect(read()).toBe(REVIVER_ORIGINS.toLowerCase());
    else expect(read).toThrow('REVIVER_ORIGINS');
  });

  test('names each missing and malformed variable with an example, all at once', () => {
    const given = { PORT: '80x', REVIVER_SECRET_KEY: 'not-hex', LOG_LEVEL: 'loud' };
    expect(() => readEnvironment(given, ['DATABASE_URL'])).toThrow(
      [
        'DATABASE_URL is not set. Example: DATABASE_URL=postgresql://reviver:PASSWORD@127.0.0.1:5432/reviver',
        'PORT: "80x" is not allowed; expected a port from 0 to 65535. Example: PORT=8014',
        'LOG_LEVEL: "loud" is not allowed; expected one of trace, debug, info, warn, error, fatal, silent. Example: LOG_LEVEL=info',
        'REVIVER_SECRET_KEY: its value is not allowed; expected 64 hex digits. Example: REVIVER_SECRET_KEY=(what "openssl rand -hex 32" prints)',
      ].join('\n'),
    );
  });

  test('never prints a secret, in whatever way it is printed', () => {
    const { environment, problems } = inspectEnvironment({ DATABASE_URL, REDIS_URL: 'http://:s3cret@cache' });
    const printed = [JSON.stringify(environment), inspect(environment), `${environment.DATABASE_URL}`, ...problems];
    for (const text of printed) expect(text).not.toContain('s3cret');
    expect(environment.DATABASE_URL?.reveal()).toBe(DATABASE_URL);
    expect(environment.REDIS_URL).toBeUndefined();
  });

  test("takes the source documents' own names where ours are not set", () => {
    const parts = { POSTGRES_HOST: 'db', POSTGRES_DB: 'five_keys', POSTGRES_USER: 'bot', POSTGRES_PASSWORD: 'p@ss/w' };
    expect(readEnvironment(parts).DATABASE_URL?.reveal()).toBe('postgresql://bot:p%40ss%2Fw@db:5432/five_keys');
    const uri = { ...parts, POSTGRES_URI: 'postgresql://user:pass@localhost:5432/bev', REDIS_PASSWORD: 'red' };
    expect(readEnvironment(uri).DATABASE_URL?.reveal()).toBe(uri.POSTGRES_URI);
    expect(readEnvironment(uri).REDIS_URL?.reveal()).toBe('redis://:red@127.0.0.1:6379');
    expect(readEnvironment({ ...uri, DATABASE_URL }).DATABASE_URL?.reveal()).toBe(DATABASE_URL);
  });

  test('counts an empty value as not set', () => {
    expect(readEnvironment({ PORT: '', SLACK_BOT_TOKEN: ' ' })).toMatchObject({ PORT: 8014 });
    expect(() => readEnvironment({ DATABASE_URL: '' }, ['DATABASE_URL'])).toThrow('DATABASE_URL is not set.');
  });

  test('tells which variables make sense only together', () => {
    expect(() => readEnvironment({ SLACK_BOT_TOKEN: 'xoxb-1' })).toThrow(
      /without SLACK_SIGNING_SECRET .* SLACK_APP_TOKEN/,
    );
    const webhook = { TELEGRAM_WEBHOOK_URL: 'https://reviver.example.com/t' };
    expect(() => readEnvironment(webhook)).toThrow('TELEGRAM_WEBHOOK_SECRET is not set');
    expect(() => readEnvironment({ ...webhook, TELEGRAM_WEBHOOK_SECRET: 'long_word' })).not.toThrow();
  });
});
