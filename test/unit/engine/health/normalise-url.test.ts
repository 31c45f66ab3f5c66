import { describe, expect, test } from '@jest/globals';
import { normaliseHealthUrl } from '../../../../src/engine/health/normalise-url.js';

describe('a health check URL', () => {
  test.each([
    ['http://127.0.0.1:8080/health', 'http'],
    ['https://example.org', 'http'],
    ['tcp://127.0.0.1:3306', 'tcp'],
    ['redis://:secret@127.0.0.1:6380/1', 'redis'],
    ['rediss://host', 'redis'],
    ['postgres://user@host/db', 'postgres'],
    ['postgresql://host:5433', 'postgres'],
  ])('%s is what it says', (url, type) => {
    expect(normaliseHealthUrl(url)).toEqual({ type, url });
  });

  test.each([
    ['http://172.30.0.2:5432', 'postgres', 'postgres://172.30.0.2:5432'],
    ['http://user:pw@db:5432/shop', 'postgres', 'postgres://user:pw@db:5432/shop'],
    ['http://172.30.0.3:6379/', 'redis', 'redis://172.30.0.3:6379'],
    ['https://cache:6379', 'redis', 'redis://cache:6379'],
    ['http://db:3306/x', 'tcp', 'tcp://db:3306'],
    ['http://db:27017', 'tcp', 'tcp://db:27017'],
    ['http://[::1]:11211', 'tcp', 'tcp://[::1]:11211'],
  ])('%s is read as a %s check, with a warning', (given, type, url) => {
    const read = normaliseHealthUrl(given);
    expect(read).toMatchObject({ type, url });
    expect(read.warning).toMatch(
      new RegExp(`^health_check_url: port \\d+ is \\w+'s, so http://.* is read as a ${type} check\\.$`),
    );
    expect(read.warning).not.toContain('pw');
  });

  test.each(['', 'localhost:80', 'ftp://host', 'tcp://host', 'http://'])('%j is refused', (url) => {
    expect(() => normaliseHealthUrl(url, 'services.web.health_check_url')).toThrow(
      /^services\.web\.health_check_url: .* is not allowed; expected a/,
    );
  });
});
