import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { type ActionContext, UnknownOutcome } from '../../../../src/engine/actions/action.js';
import { redisCommand } from '../../../../src/engine/actions/redis-command.js';
import type { JsonObject } from '../../../../src/engine/model/json.js';
import { aService } from '../../../support/builders.js';
import { eventually } from '../../../support/eventually.js';
import { type OwnRedis, startOwnRedis } from '../../../support/redis.js';
import { startTcpProxy } from '../../../support/tcp-proxy.js';
import { contextWith } from '../../../unit/engine/actions/context.js';

let own: OwnRedis;
beforeAll(async () => {
  own = await startOwnRedis();
});
beforeEach(() => own.flush());

const ctx = (given: Partial<ActionContext> = {}) => contextWith(given);
const at = (command: (string | number)[], more: JsonObject = {}): JsonObject => ({ url: own.url, command, ...more });
const send = (command: (string | number)[], more: JsonObject = {}, context = ctx()) =>
  redisCommand.run(at(command, more), context, {});
const failure = (command: (string | number)[], more: JsonObject = {}, context = ctx()): Promise<unknown> =>
  send(command, more, context).then(
    () => 'no failure',
    (error: unknown) => error,
  );
async function direct<T>(work: (redis: Redis) => Promise<T>, url = own.url): Promise<T> {
  const redis = new Redis(url);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

describe('a command', () => {
  test('that writes or reads gives its reply', async () => {
    expect(await send(['SET', 'greeting', 'hello'])).toEqual({ summary: 'OK', reply: 'OK' });
    expect(await send(['get', 'greeting'])).toEqual({ summary: 'hello', reply: 'hello' });
    expect(await send(['EXPIRE', 'greeting', 60])).toEqual({ summary: '1', reply: 1 });
    expect(await send(['GET', 'nothing'])).toEqual({ summary: 'nothing', reply: null });
    expect(await send(['RPUSH', 'list', 'a b', ''])).toMatchObject({ reply: 2 });
    expect(await send(['LRANGE', 'list', 0, -1])).toEqual({ summary: '2 items', reply: ['a b', ''] });
  });

  test('of which the reply is long or secret is cut and cleaned', async () => {
    await direct(async (redis) => {
      await redis.hset('user', { name: 'ann', password: 'hunter2' });
      await redis.set('session:token', 'abcdefgh');
      await redis.rpush('many', ...Array.from({ length: 5_000 }, (_, n) => `item ${n}`));
      await redis.set('url', 'redis://:hunter2@host');
    });
    expect(await send(['HGETALL', 'user'])).toMatchObject({ reply: ['name', 'ann', 'password', '•••'] });
    expect(await send(['GET', 'session:token'])).toEqual({ summary: '•••', reply: '•••' });
    expect(JSON.stringify(await send(['GET', 'url']))).not.toContain('hunter2');
    const many = await send(['LRANGE', 'many', 0, -1]);
    expect(many).toMatchObject({ summary: '5,000 items', cut: expect.stringMatching(/more items would have been/) });
    expect(JSON.stringify(many).length).toBeLessThan(20_000);
  });

  test('to a server with a password shows it nowhere', async () => {
    await direct((redis) => redis.config('SET', 'requirepass', 'hunter2'));
    const url = own.url.replace('redis://', 'redis://:hunter2@');
    try {
      const get = (name: string) => redisCommand.run({ url, command: ['CONFIG', 'GET', name] }, ctx(), {});
      expect(await get('requirepass')).toMatchObject({ reply: ['requirepass', '•••'] });
      expect(await get('maxmemory')).toMatchObject({ reply: ['maxmemory', '0'] });
      expect(await failure(['GET', 'a'])).toMatchObject({ message: expect.stringMatching(/NOAUTH/) });
      const wrong = await failure(['GET', 'a'], { url: url.replace('hunter2', 'hunter3') });
      expect(String(wrong)).toMatch(/WRONGPASS/);
      expect(String(wrong)).not.toContain('hunter');
      expect(redisCommand.title({ url, command: ['GET', 'a'] })).not.toContain('hunter');
    } finally {
      await direct((redis) => redis.config('SET', 'requirepass', ''), url);
    }
  });

  test('that the server refuses has changed nothing', async () => {
    await send(['SET', 'text', 'x']);
    expect(await failure(['INCR', 'text'])).toMatchObject({
      message: expect.stringMatching(/ refused: ERR value is not an integer or out of range\. Nothing was changed\.$/),
      options: { retryable: false },
    });
    expect(await failure(['SET', 'only'])).toMatchObject({
      message: expect.stringMatching(/wrong number of arguments/),
    });
  });

  test.each<[string, (string | number)[], JsonObject, RegExp]>([
    ['the server does not know', ['NOSUCH', 'a'], {}, /the server does not know NOSUCH\. Nothing was sent/],
    [
      'writes where the step says that it does not',
      ['SET', 'a', 'b'],
      { writes: false },
      /SET changes something, and the step says writes: false/,
    ],
    [
      'changes settings where the step says that it does not',
      ['CONFIG', 'SET', 'maxmemory', '0'],
      { writes: false },
      /says writes: false/,
    ],
    ['waits in the server', ['XREAD', 'BLOCK', 0, 'STREAMS', 'a', '$'], {}, /XREAD waits inside the server/],
    [
      'is dangerous and not listed',
      ['PFDEBUG', 'GETREG', 'a'],
      {},
      /the server counts PFDEBUG among its dangerous commands/,
    ],
  ])('that %s is not sent', async (_, command, more, why) => {
    expect(await failure(command, more)).toMatchObject({
      message: expect.stringMatching(why),
      options: { code: 'redis_refused', retryable: false },
    });
    expect(await direct((redis) => redis.dbsize())).toBe(0);
  });

  test('of a command that may have arrived the outcome is unknown; a read has only failed', async () => {
    const proxy = await startTcpProxy({ host: '127.0.0.1', port: own.port });
    const url = proxy.through(own.url);
    const lost = proxy.loseReplyTo('precious');
    const error = await failure(['SET', 'precious', '1'], { url });
    await lost;
    expect(error).toBeInstanceOf(UnknownOutcome);
    expect(String(error)).toMatch(/whether the command took effect is not known/);
    expect(await direct((redis) => redis.get('precious'))).toBe('1');
    const again = proxy.loseReplyTo('precious');
    expect(await failure(['GET', 'precious'], { url })).toMatchObject({ options: { code: 'redis_unreachable' } });
    await again;
    await proxy.close();
  });

  test('ends with its timeout and with a cancel', async () => {
    const proxy = await startTcpProxy({ host: '127.0.0.1', port: own.port });
    proxy.blackHole();
    const input = { url: proxy.through(own.url), timeout: '200ms' };
    expect(await failure(['GET', 'a'], input)).toMatchObject({
      message: expect.stringMatching(/no answer within 0\.2 s/),
    });
    const controller = new AbortController();
    const failed = failure(['GET', 'a'], { ...input, timeout: '1m' }, ctx({ signal: controller.signal }));
    controller.abort(new Error('cancelled by Ann'));
    expect(await failed).toMatchObject({ message: 'cancelled by Ann' });
    await proxy.close();
  });

  test('goes to the server of a service, which is claimed', async () => {
    const health = [{ type: 'redis' as const, url: own.url, intervalMs: 1, timeoutMs: 1, failures: 1 }];
    const context = ctx({ service: () => aService('cache', { health }) });
    const input = { service: 'cache', command: ['PING'] };
    expect(await redisCommand.run(input, context, {})).toMatchObject({ reply: 'PONG' });
    expect(redisCommand.services(input, context.backups)).toEqual(['cache']);
    const bare = ctx({ service: () => aService('cache', { health: [] }) });
    await expect(redisCommand.run(input, bare, {})).rejects.toThrow(/cache has no redis health check with a URL/);
  });
});

describe('after a crash', () => {
  const look = (command: string[]) => redisCommand.look?.(at(command), ctx()) ?? Promise.resolve({});
  const probe = (command: string[], before: JsonObject) => redisCommand.probe?.(at(command), before, ctx());

  test('a read is not done, and may be sent again', async () => {
    expect(await look(['GET', 'a'])).toEqual({});
    expect(await probe(['GET', 'a'], {})).toMatchObject({ outcome: 'not_done' });
  });

  test('what the server has not run since is not done', async () => {
    for (const command of [
      ['SET', 'a', '1'],
      ['FLUSHALL'],
      ['CONFIG', 'SET', 'maxmemory', '100mb'],
      ['DEL', 'x', 'y'],
    ]) {
      await direct((redis) => redis.mset('x', '1', 'y', '2'));
      const before = await look(command);
      await send(['GET', 'a']);
      expect({ command, ...(await probe(command, before)) }).toMatchObject({ command, outcome: 'not_done' });
    }
  });

  test.each([
    [['FLUSHALL']],
    [['FLUSHDB']],
    [['DEL', 'x', 'y']],
    [['UNLINK', 'x']],
    [['CONFIG', 'SET', 'maxmemory', '101mb']],
  ])('%j is done when its effect is there', async (command) => {
    await direct((redis) => redis.mset('x', '1', 'y', '2'));
    await direct((redis) => redis.config('SET', 'maxmemory', '0'));
    const before = await look(command);
    await send(command);
    expect(await probe(command, before)).toMatchObject({ outcome: 'done' });
  });

  test.each([
    ['ran, perhaps for others', ['INCR', 'n'], () => direct((redis) => redis.incr('n'))],
    [
      'was emptied and filled again',
      ['FLUSHALL'],
      () => direct((redis) => redis.flushall().then(() => redis.set('z', '1'))),
    ],
    [
      'was set to something else',
      ['CONFIG', 'SET', 'maxmemory', '9mb'],
      () => direct((redis) => redis.config('SET', 'maxmemory', '7mb')),
    ],
    ['is another server by now', ['INCR', 'n'], () => own.stop().then(() => own.start())],
    ['had its statistics reset', ['INCR', 'n'], () => direct((redis) => redis.config('RESETSTAT'))],
  ])('what %s is unknown', async (_, command, happen) => {
    await direct((redis) => redis.mset('x', '1', 'y', '2'));
    const before = await look(command);
    await happen();
    expect(await probe(command, before)).toMatchObject({ outcome: 'unknown' });
  });

  test('nothing is known when nobody looked', async () => {
    expect(await probe(['INCR', 'n'], {})).toMatchObject({ outcome: 'unknown' });
  });

  test('a server that is down cannot be looked at', async () => {
    const before = await look(['INCR', 'n']);
    await own.kill();
    await expect(probe(['INCR', 'n'], before)).rejects.toThrow();
    await own.start();
    await eventually(() => direct((redis) => redis.ping()));
  });
});

test('a setting is put back by the undo, and nothing else is', async () => {
  await direct((redis) => redis.config('SET', 'maxmemory', '50mb'));
  const command = ['CONFIG', 'SET', 'maxmemory', '200mb'];
  const before = (await redisCommand.look?.(at(command), ctx())) ?? {};
  await send(command);
  const undo = redisCommand.inverse?.(at(command), before);
  expect(undo).toEqual({
    action: 'redis_command',
    input: { url: own.url, command: ['CONFIG', 'SET', 'maxmemory', '52428800'] },
  });
  await redisCommand.run(undo?.input ?? {}, ctx(), {});
  expect(await send(['CONFIG', 'GET', 'maxmemory'])).toMatchObject({ reply: ['maxmemory', '52428800'] });
  expect(redisCommand.inverse?.(at(['FLUSHALL']), { state: 4 })).toBeUndefined();
});

test('a preview measures, and sends nothing', async () => {
  await direct((redis) => redis.mset('x', '1', 'y', '2'));
  expect(await redisCommand.preview?.(at(['FLUSHALL']), ctx())).toMatch(
    /^would send FLUSHALL \(the server calls it write\); there: 2 keys, [\d.]+[KM] of memory \(.*\), \d clients?$/,
  );
  expect(await redisCommand.preview?.(at(['NOSUCH']), ctx())).toMatch(
    /^would refuse: the server does not know NOSUCH; there: 2 keys/,
  );
  expect(await direct((redis) => redis.dbsize())).toBe(2);
});
