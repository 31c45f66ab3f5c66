import { describe, expect, test } from '@jest/globals';
import { isRead, objection } from '../../../../src/engine/actions/redis-command/server-word.js';
import { readCommand, riskOf, verdictOn } from '../../../../src/engine/actions/redis-command/table.js';
import { redisCommand } from '../../../../src/engine/actions/redis-command.js';

const words = (line: string) => line.split(' ');
const word = (flags: string[], categories: string[] = []) => ({ flags, categories });

describe('the risk of a command', () => {
  test.each([
    ['GET a', undefined, 0.05],
    ['get a', undefined, 0.05],
    ['INFO memory', undefined, 0.05],
    ['CONFIG GET maxmemory', undefined, 0.05],
    ['client LIST', undefined, 0.05],
    ['SET a b', undefined, 0.3],
    ['DEL a', undefined, 0.3],
    ['JSON.GET a', undefined, 0.3],
    ['JSON.GET a', false, 0.05],
    ['GET a', true, 0.3],
    ['KEYS *', undefined, 0.3],
    ['CLIENT KILL ID 5', undefined, 0.5],
    ['FLUSHALL', undefined, 0.7],
    ['flushdb ASYNC', undefined, 0.7],
    ['CONFIG SET maxmemory 1gb', undefined, 0.7],
    ['config set maxmemory 1gb', false, 0.7],
    ['EVAL return 0', undefined, 0.7],
    ['SCRIPT FLUSH', undefined, 0.7],
    ['REPLICAOF NO ONE', undefined, 0.7],
  ])('%s, writes %s, is %d', (line, writes, risk) => {
    expect(riskOf(words(line), writes)).toBe(risk);
    expect(redisCommand.risk).toBeInstanceOf(Function);
  });

  test.each([
    ['SHUTDOWN NOSAVE', /stops the server behind the back of its runtime: use stop_service/],
    ['DEBUG SEGFAULT', /DEBUG SEGFAULT can crash/],
    ['ACL SETUSER x', /users and passwords/],
    ['MODULE LOAD x', /foreign code/],
    ['MULTI', /only one is sent/],
    ['AUTH hunter2', /stand in the URL/],
    ['select 1', /stand in the URL/],
    ['SUBSCRIBE a', /takes the connection over/],
    ['BLPOP a 0', /waits inside the server/],
    ['SAVE', /use create_backup, or BGSAVE/],
    ['CONFIG SET dir /etc', /^dir holds a secret or names a file/],
    ['CONFIG SET maxmemory 1gb requirepass hunter2', /^requirepass holds a secret/],
  ])('%s is not for a plan at all', (line, why) => {
    const verdict = verdictOn(words(line));
    expect(verdict).toEqual({ kind: 'refused', why: expect.stringMatching(why) });
    expect(JSON.stringify(verdict)).not.toContain('hunter2');
  });

  test('belongs to the two words of commands that are in groups', () => {
    expect(readCommand(words('CONFIG SET a b'))).toEqual({ name: 'config set', args: ['a', 'b'] });
    expect(readCommand(words('SET a b'))).toEqual({ name: 'set', args: ['a', 'b'] });
    expect(readCommand(['CONFIG'])).toEqual({ name: 'config', args: [] });
  });
});

describe("the server's word", () => {
  test('tells reads from what only looks like one', () => {
    expect(isRead(words('GET a'), word(['readonly', 'fast']))).toBe(true);
    expect(isRead(words('JSON.GET a'), word(['readonly']))).toBe(true);
    expect(isRead(words('CONFIG GET a'), word(['admin', 'noscript']))).toBe(true);
    expect(isRead(words('GET a'), word(['write']))).toBe(false);
    expect(isRead(words('PUBLISH a b'), word(['pubsub']))).toBe(false);
  });

  test.each([
    ['GET a', undefined, word(['readonly']), undefined],
    ['SET a b', undefined, word(['write']), undefined],
    ['FLUSHALL', undefined, word(['write'], ['@dangerous']), undefined],
    ['CONFIG SET a b', undefined, word(['admin'], ['@dangerous']), undefined],
    ['PUBLISH a b', false, word(['pubsub']), undefined],
    ['GET a', undefined, undefined, /does not know GET/],
    ['XREAD a', undefined, word(['readonly', 'blocking']), /waits inside the server/],
    ['SET a b', false, word(['write']), /says writes: false/],
    ['FLUSHALL', false, word(['write']), /says writes: false/],
    ['GET a', undefined, word(['write']), /GET is a write for this server, and the plan took it for a read/],
    ['NEW.THING', undefined, word(['admin']), /among its dangerous commands/],
    ['NEW.THING', true, word(['write'], ['@dangerous']), /among its dangerous commands/],
  ])('%s, writes %s, of %j: %s', (line, writes, said, why) => {
    const no = objection(words(line), writes, said);
    if (why === undefined) expect(no).toBeUndefined();
    else expect(no).toMatch(why);
  });
});
