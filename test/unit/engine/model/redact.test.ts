import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { REDACTED, redact, redactJson } from '../../../../src/engine/model/redact.js';
import { fuzzRuns } from '../../../support/fuzz.js';

describe('what is taken out', () => {
  test.each([
    ['a bearer header', 'Authorization: Bearer abc', 'Authorization: Bearer •••'],
    ['a basic header', 'authorization: Basic dXNlcjpwYXNz', 'authorization: Basic •••'],
    ['a header in JSON', '{"Authorization":"Bearer x.y"}', '{"Authorization":"Bearer •••"}'],
    ['a bearer token without its header', 'sent Bearer a1b2c3d4e5 to it', 'sent Bearer ••• to it'],
    ['a cookie', 'Cookie: sid=abc; other=def next', 'Cookie: ••• next'],
    ['a password in a URL', 'redis://:hunter2@10.0.0.7:6379/0', 'redis://:•••@10.0.0.7:6379/0'],
    ['a password beside a user', 'postgres://u:p%40ss@db/x', 'postgres://u:•••@db/x'],
    ['a value', 'password=hunter2 host=x', 'password=••• host=x'],
    ['a quoted value with blanks', "PGPASSWORD='correct horse' psql", 'PGPASSWORD=••• psql'],
    ['a value after a colon', 'password: hunter2', 'password: •••'],
    ['JSON', '{"client_secret": "hunter2", "user": "x"}', '{"client_secret": •••, "user": "x"}'],
    ['JSON within JSON', '{\\"db_password\\":\\"hunter2\\"}', '{\\"db_password\\":•••}'],
    ['XML', '<password>hunter2</password>', '<password>•••</password>'],
    ['a parameter of a query', '/x?access_token=abc&y=1', '/x?access_token=•••&y=1'],
    ['an option', 'tool --password hunter2 --host y', 'tool --password ••• --host y'],
    ['a header of an API key', 'X-Api-Key: 12345678ab', 'X-Api-Key: •••'],
    ['a Slack token', 'xoxb-1234567890-abc', '•••'],
    ['a Slack webhook', 'https://hooks.slack.com/services/T0/B0/x1', 'https://hooks.slack.com/•••'],
    ['a Telegram token', '/bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1/getMe', '/bot•••/getMe'],
    ['a GitHub token', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a', '•••'],
    ['an AWS key', 'AKIAIOSFODNN7EXAMPLE', '•••'],
    ['a key of age', `AGE-SECRET-KEY-1${'QL0'.repeat(18)}`, '•••'],
    ['a token of Vault', 'hvs.CAESIJlWh0123456789abcdefgh', '•••'],
    ['a key of PagerDuty', '"routing_key":"0123456789abcdef"', '"routing_key":"•••"'],
    ['a JSON Web Token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.abc-_', '•••'],
    ['a private key', 'a -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- b', 'a ••• b'],
    ['a private key that was cut off', 'a -----BEGIN PRIVATE KEY----- MIIE', 'a •••'],
  ])('%s', (_, text, clean) => expect(redact(text)).toBe(clean));
});

describe('what is left alone', () => {
  test.each([
    'token: expired',
    'the token of no person',
    'Bearer tokens are refused, basic checks fail',
    'PWD=/var/lib/redis',
    'max_tokens=5',
    'http://10.0.0.7:8080/healthz answers 502',
    'secret "db-creds" not found in namespace shop',
    'Step 2 "Restore backup" failed 3 times: checksum differs',
    'cluster:6379@16379 myself,master',
    'plan 7f3a·91c2 · expires in 14 min',
  ])('%s', (text) => expect(redact(text)).toBe(text));

  test('sentences of ordinary words', () => {
    const words = 'redis does not answer PING connection refused after 3 of 10.0.0.7:6379 «шаг» step-2 a=b key:'.split(
      ' ',
    );
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 30 }), (some) => {
        expect(redact(some.join(' '))).toBe(some.join(' '));
      }),
    );
  });
});

const PIECES = [
  'password',
  'passwd',
  'secret',
  'token',
  'api_key',
  'Authorization',
  'Bearer',
  'Basic',
  'Cookie',
  '--password',
  '=',
  '=>',
  ':',
  ': ',
  ' ',
  '"',
  "'",
  '\\',
  '\\"',
  ';',
  '&',
  '<',
  '>',
  '@',
  '://',
  '/',
  '.',
  '-',
  '_',
  '•••',
  'redis://',
  'eyJhbGciOiJI',
  'xoxb-12345678',
  'AKIAIOSFODNN7EXAMPLE',
  '123456789:',
  'a1',
  'Zz',
  '\n',
  '-----BEGIN PRIVATE KEY-----',
  '-----END PRIVATE KEY-----',
  'ghp_',
  'hvs.',
  'AGE-SECRET-KEY-1',
  'routing_key',
  'AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1',
];
const fragments = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 6 })), { maxLength: 25 });

describe('whatever comes', () => {
  test('doing it twice changes nothing', () => {
    fc.assert(
      fc.property(fragments, (pieces) => {
        const once = redact(pieces.join(''));
        expect(redact(once)).toBe(once);
      }),
      { numRuns: fuzzRuns(3_000) },
    );
  });

  test('a secret is gone, whatever stands around it', () => {
    const secret = 'hunter2X9';
    const carriers = [
      `password=${secret}`,
      `redis://u:${secret}@h/0`,
      `Authorization: Bearer ${secret}`,
      `token=${secret}`,
    ];
    const around = fc.string({ unit: fc.constantFrom('a', ' ', ',', '·', 'я', '.', '('), maxLength: 20 });
    fc.assert(
      fc.property(around, fc.constantFrom(...carriers), around, (before, carrier, after) => {
        expect(redact(`${before} ${carrier} ${after}`)).not.toContain(secret);
        expect(redact(`${before} ${carrier} ${after}`)).toContain(REDACTED);
      }),
    );
  });

  test.each(PIECES.filter((piece) => piece.trim() !== ''))('%j, ten thousand times, takes no long', (piece) => {
    const [short, long] = [20_000, 200_000].map((length) => piece.repeat(Math.ceil(length / piece.length)));
    const quick = spentOn(short ?? '');
    // Ten times the text; a quadratic pattern would take a hundred times as long.
    expect(spentOn(long ?? '')).toBeLessThan(Math.max(500, 40 * quick));
  });
});

function spentOn(text: string): number {
  const begun = performance.now();
  redact(text);
  return performance.now() - begun;
}

describe('what is taken out of a value', () => {
  test('is a secret at any depth, by its shape or by its own name', () => {
    const facts = {
      url: 'redis://:hunter2@10.0.0.7',
      client_secret: 'hunter2',
      list: [{ text: 'password=hunter2 host=x' }],
      code: 28,
      token: 7,
      gone: null,
      empty: { password: '' },
    };
    expect(redactJson(facts)).toEqual({
      ...facts,
      url: 'redis://:•••@10.0.0.7',
      client_secret: REDACTED,
      list: [{ text: 'password=••• host=x' }],
    });
  });

  test('is gone after the first time', () => {
    const once = redactJson({ password: 'hunter2', text: 'Bearer a1b2c3d4e5' });
    expect(redactJson(once)).toEqual(once);
  });
});
