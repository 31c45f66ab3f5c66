import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { forgetSecrets, isPlain, rememberSecret } from '../../../../src/engine/model/known-secrets.js';
import { redact, withoutKnown } from '../../../../src/engine/model/redact.js';

afterEach(forgetSecrets);

const SECRET = 'Tr0ub4dor & "3"/ü';

describe('a value that is known', () => {
  test.each([
    ['as it is', SECRET],
    ['in a URL', encodeURIComponent(SECRET)],
    ['in a form', encodeURIComponent(SECRET).replaceAll('%20', '+')],
    ['in JSON', JSON.stringify({ a: SECRET })],
    ['in JSON within JSON', JSON.stringify(JSON.stringify({ a: SECRET }))],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in base64 of a URL', Buffer.from(SECRET).toString('base64url')],
    ['in base64 with a user before it', Buffer.from(`u:${SECRET}`).toString('base64')],
    ['in base64 with another user before it', Buffer.from(`me:${SECRET}:x`).toString('base64')],
  ])('is taken out %s', (_, text) => {
    rememberSecret(SECRET);
    const clean = redact(`it said ${text} twice`);
    expect(clean).toContain('•••');
    for (const form of [SECRET, encodeURIComponent(SECRET), JSON.stringify(SECRET).slice(1, -1)])
      expect(clean).not.toContain(form);
    expect(clean).not.toContain(Buffer.from(SECRET).toString('base64').slice(4, 16));
  });

  test('takes its parts with it: lines of a key, the password of a URL, what follows Bearer', () => {
    rememberSecret('-----BEGIN X-----\nMIIEvQIBADANBgkqhkiG\nabcdefghijklmnopqr\n-----END X-----');
    rememberSecret('postgres://app:p%40ss-w0rd-1@db/x');
    rememberSecret('Bearer abc-123-def');
    rememberSecret('the-old-one-of-alerts,the-new-one-of-alerts');
    expect(redact('the-new-one-of-alerts')).toBe('•••');
    expect(redact('MIIEvQIBADANBgkqhkiG p@ss-w0rd-1 abc-123-def')).toBe('••• ••• •••');
  });

  test('is gone from any text, wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 40 }).filter((value) => !isPlain(value) && value.trim() === value),
        fc.string({ maxLength: 60 }),
        fc.string({ maxLength: 60 }),
        (secret, before, after) => {
          forgetSecrets();
          rememberSecret(secret);
          expect(withoutKnown(before + secret + after)).not.toBe(before + secret + after);
        },
      ),
    );
  });
});

test.each(['short', 'postgres', 'PASSWORD', '12345678'])('%s is too plain to be taken out of texts', (value) => {
  rememberSecret(value);
  expect(withoutKnown(`the service ${value} is well`)).toBe(`the service ${value} is well`);
});

describe('what it costs', () => {
  test('is nothing where nothing is known', () => {
    const text = 'x'.repeat(100_000);
    const started = performance.now();
    for (let i = 0; i < 10_000; i += 1) withoutKnown(text);
    expect(performance.now() - started).toBeLessThan(100);
  });

  test('grows with the text and no faster, however hostile it is', () => {
    for (let i = 0; i < 300; i += 1) rememberSecret(`aaaaaaaaaaaaaaaa${i}b`);
    const once = (text: string) => {
      const started = performance.now();
      withoutKnown(text);
      return performance.now() - started;
    };
    const ms = (length: number) => Math.min(...Array.from({ length: 5 }, () => once('a'.repeat(length))));
    // Ten times the text; another machine may be busy meanwhile.
    expect(ms(200_000)).toBeLessThan(50 * Math.max(1, ms(20_000)));
  });
});
