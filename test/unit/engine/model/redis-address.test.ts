import { describe, expect, test } from '@jest/globals';
import { inspectEnvironment } from '../../../../src/config/environment.js';
import { isBadAddress, placeOfRedis, readRedisAddress } from '../../../../src/engine/model/redis-address.js';

describe('REDIS_URL', () => {
  test('is one server as ever', () => {
    const url = 'redis://:s3cret@127.0.0.1:6380/2';
    const hosts = [{ host: '127.0.0.1', port: 6380 }];
    expect(readRedisAddress(url)).toEqual({ kind: 'server', url, tls: false, hosts });
    expect(readRedisAddress('rediss://cache.example.com')).toMatchObject({ kind: 'server', tls: true });
  });

  test('names Sentinels and their master', () => {
    expect(readRedisAddress('rediss+sentinel://bot:p%40ss@a,b:5,[::1]:7/mymaster/3?sentinel_password=x')).toEqual({
      kind: 'sentinel',
      tls: true,
      hosts: [
        { host: 'a', port: 26379 },
        { host: 'b', port: 5 },
        { host: '::1', port: 7 },
      ],
      username: 'bot',
      password: 'p@ss',
      master: 'mymaster',
      db: 3,
      sentinelPassword: 'x',
    });
  });

  test('names nodes of a cluster', () => {
    const hosts = [
      { host: 'n1', port: 6379 },
      { host: 'n2', port: 7000 },
    ];
    expect(readRedisAddress('redis+cluster://n1,n2:7000')).toEqual({ kind: 'cluster', tls: false, hosts });
  });

  test.each([
    ['redis://a:1,b:2', /one host, or what several are/],
    ['redis+sentinel://a,b', /the name that the Sentinels have for the master/],
    ['redis+sentinel://a/m/x', /a number of a database/],
    ['redis+sentinel://a/m?name=x', /no option but sentinel_password/],
    ['redis+sentinel://a:b/m', /host:port/],
    ['redis+sentinel:///m', /host:port/],
    ['redis+cluster://a:99999', /host:port/],
    ['redis+cluster://a/1', /one database/],
    ['redis+cluster://u:p:q@a', /percent-encoded/],
    ['redis+cluster://:%zz@a', /percent-encoded/],
    ['redis+ring://a', /a URL such as redis:/],
    ['http://cache', /a URL such as redis:/],
    ['redis://', /a URL such as redis:/],
  ])('refuses %s', (url, expected) => {
    const read = readRedisAddress(url);
    expect(isBadAddress(read) && read.expected).toMatch(expected);
    const { problems } = inspectEnvironment({ REDIS_URL: url });
    expect(problems).toEqual([expect.stringMatching(/^REDIS_URL: its value is not allowed; expected /)]);
  });

  test('is told to people without user and password', () => {
    const place = (url: string) => {
      const read = readRedisAddress(url);
      return isBadAddress(read) ? read.expected : placeOfRedis(read);
    };
    expect(place('redis://u:s3cret@h:1/0')).toBe('h:1');
    expect(place('redis+sentinel://u:s3cret@h:1,i/m?sentinel_password=s3cret')).toBe('the master m of h:1,i:26379');
    expect(place('redis+cluster://u:s3cret@h:1,i')).toBe('the cluster h:1,i:6379');
    for (const bad of ['redis+cluster://:s3cret@a/1', 'redis+sentinel://:s3cret@a', 'redis://:s3cret@a,b'])
      expect(place(bad)).not.toContain('s3cret');
  });
});
