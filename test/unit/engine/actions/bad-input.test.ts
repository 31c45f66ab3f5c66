import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createActions } from '../../../../src/engine/actions/actions.js';
import { parseInput } from '../../../../src/engine/actions/parse-input.js';
import type { JsonObject } from '../../../../src/engine/model/json.js';
import { LIST, problem } from './problem.js';

const actions = createActions();

const SERVICE_ACTIONS = [
  'stop_service',
  'start_service',
  'restart_service',
  'scale_service',
  'check_health',
  'restore_previous',
];

const MORE: Record<string, JsonObject> = { restore_previous: { aside: 'R-1_2' }, scale_service: { by: 1 } };

describe.each(SERVICE_ACTIONS)('%s', (name) => {
  const more: JsonObject = MORE[name] ?? {};
  test.each([
    [{}, 'outage.steps[0].service: missing is not allowed; expected the name of a service.'],
    [{ service: '' }, 'outage.steps[0].service: "" is not allowed; expected the name of a service.'],
    [{ service: 5 }, 'outage.steps[0].service: 5 is not allowed; expected the name of a service.'],
    [{ service: ['redis'] }, 'outage.steps[0].service: ["redis"] is not allowed; expected the name of a service.'],
  ])('refuses %j', (raw, message) => {
    expect(problem(name, { ...more, ...raw })).toBe(message);
  });

  test('names an unknown field and the one that was meant', () => {
    expect(problem(name, { ...more, servce: 'redis' })).toMatch(
      /^outage\.steps\[0\]\.servce: "redis" is not allowed; expected one of the fields service.*; did you mean service\?/,
    );
  });

  test('refuses what is no mapping', () => {
    expect(problem(name, 'redis')).toMatch(
      /^outage\.steps\[0\]: "redis" is not allowed; expected a mapping with the fields service/,
    );
    expect(problem(name, null)).toMatch(
      /^outage\.steps\[0\]: null is not allowed; expected a mapping with the fields service/,
    );
  });
});

const DURATION = 'a duration of at most 1h, such as 500ms, 30s or 5m';
const URLS = 'a URL such as http://host:8080/health, redis://host:6379 or postgres://host:5432/db';

const BY = 'how many sizes or replicas up (1) or down (-1), not 0';
const TO = 'a number of replicas, a place in the list of sizes, or a size such as { cpus: 0.5, memory: 256m }';

test.each<[string, unknown, string, string]>([
  ['scale_service', { service: 'web', by: 0 }, 'by: 0', BY],
  ['scale_service', { service: 'web', by: 'more' }, 'by: "more"', BY],
  ['scale_service', { service: 'web', by: 0.5 }, 'by: 0.5', BY],
  ['scale_service', { service: 'web', to: 0 }, 'to: 0', TO],
  ['scale_service', { service: 'web', to: { memory: 'much' } }, 'to.memory: "much"', TO],
  ['scale_service', { service: 'web', to: { cpus: -1 } }, 'to.cpus: -1', TO],
  ['scale_service', { service: 'web' }, 'by: missing', 'either "by" or "to"'],
  ['scale_service', { service: 'web', by: 1, to: 2 }, 'by: 1', 'either "by" or "to"'],
  ['check_health', { service: 'redis', within: 'soon' }, 'within: "soon"', DURATION],
  ['check_health', { service: 'redis', within: '2h' }, 'within: "2h"', DURATION],
  ['check_health', { service: 'redis', within: -1 }, 'within: -1', DURATION],
  [
    'restore_previous',
    { service: 'redis', aside: '../../etc' },
    'aside: "../../etc"',
    'the name of a folder in reviver-aside, such as R-12_3',
  ],
  [
    'restore_previous',
    { service: 'redis', aside: '..' },
    'aside: ".."',
    'the name of a folder in reviver-aside, such as R-12_3',
  ],
  ['run_command', { command: 'ls -l' }, 'command: "ls -l"', LIST],
  ['run_command', { command: [] }, 'command: []', LIST],
  ['run_command', { command: [''] }, 'command: [""]', LIST],
  ['run_command', { command: ['ls', 5] }, 'command[1]: 5', 'a text'],
  ['run_command', {}, 'command: missing', LIST],
  ['run_command', { command: ['ls'], env: { A: 1 } }, 'env.A: 1', 'a text'],
  [
    'run_command',
    { command: ['ls'], env: 'A=1' },
    'env: "A=1"',
    'a mapping of names to texts, such as { LEVEL: "debug" }',
  ],
  ['run_command', { command: ['ls'], cwd: '' }, 'cwd: ""', 'the path of a folder'],
  [
    'run_command',
    { command: ['ls'], success_codes: [256] },
    'success_codes[0]: 256',
    'a list of exit codes from 0 to 255, such as [0, 2]',
  ],
  [
    'run_command',
    { command: ['ls'], success_codes: 2 },
    'success_codes: 2',
    'a list of exit codes from 0 to 255, such as [0, 2]',
  ],
  ['run_command', { command: ['ls'], timeout: '0s' }, 'timeout: "0s"', DURATION],
  ['http_request', {}, 'url: missing', 'an http:// or https:// URL'],
  ['http_request', { url: 'file:///etc/passwd' }, 'url: "file:///etc/passwd"', 'an http:// or https:// URL'],
  ['http_request', { url: 'localhost' }, 'url: "localhost"', 'an http:// or https:// URL'],
  [
    'http_request',
    { url: 'http://x', method: 'get' },
    'method: "get"',
    'one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
  ],
  [
    'http_request',
    { url: 'http://x', expect_status: 99 },
    'expect_status: 99',
    'an HTTP status from 100 to 599, or a list of them',
  ],
  [
    'http_request',
    { url: 'http://x', expect_status: [] },
    'expect_status: []',
    'an HTTP status from 100 to 599, or a list of them',
  ],
  ['http_request', { url: 'http://x', headers: { a: 1 } }, 'headers.a: 1', 'a text'],
  ['http_request', { url: 'http://x', headers: 'a: b' }, 'headers: "a: b"', 'a mapping of header names to texts'],
  ['http_request', { url: 'http://x', body: { a: 1 } }, 'body: {"a":1}', 'a text'],
  ['http_request', { url: 'http://x', timeout: 'x' }, 'timeout: "x"', DURATION],
  ['wait_for', {}, '', 'exactly one of service, url and tcp'],
  ['wait_for', { service: 'redis', tcp: 'a:1' }, '', 'exactly one of service, url and tcp'],
  ['wait_for', { url: 'ftp://x' }, 'url: "ftp://x"', URLS],
  ['wait_for', { url: 'x' }, 'url: "x"', URLS],
  ['wait_for', { tcp: 'localhost' }, 'tcp: "localhost"', 'host:port, such as 127.0.0.1:6379'],
  ['wait_for', { service: 'redis', for: 'ever' }, 'for: "ever"', DURATION],
  ['wait_for', { service: 'redis', every: 0 }, 'every: 0', DURATION],
  ['catch_up_care', { within: 'soon' }, 'within: "soon"', DURATION],
  ['create_backup', {}, 'name: missing', 'the name of a backup'],
  ['create_backup', { name: ' ' }, 'name: " "', 'the name of a backup'],
  ['restore_backup', {}, 'backup: missing', "the name of a backup, a backup's id, or the absolute path of its file"],
  [
    'restore_backup',
    { backup: 7 },
    'backup: 7',
    "the name of a backup, a backup's id, or the absolute path of its file",
  ],
  ['notify', {}, 'message: missing', 'a text'],
  ['notify', { message: ['a'] }, 'message: ["a"]', 'a text'],
  ['ask', {}, 'question: missing', 'a text'],
  ['ask', { question: 'Go?', choices: ['yes'] }, 'choices: ["yes"]', 'a list of at least two different texts'],
  ['ask', { question: 'Go?', choices: ['a', 'a'] }, 'choices: ["a","a"]', 'a list of at least two different texts'],
  ['ask', { question: 'Go?', choices: 'a or b' }, 'choices: "a or b"', 'a list of at least two different texts'],
])('%s refuses %j', (name, raw, field, allowed) => {
  const message = problem(name, raw);
  expect(message).toContain(`outage.steps[0]${field ? '.' : ''}${field}`);
  expect(message).toMatch(/ is not allowed; expected /);
  expect(message.endsWith(`expected ${allowed}.`)).toBe(true);
});

test('every action has a bad-input case and refuses unknown fields', () => {
  for (const action of actions.values())
    expect(problem(action.name, { nonsense: 1 })).toMatch(/\.nonsense: 1 is not allowed; expected one of the fields/);
});

test("an extension's own schema is put into words too", () => {
  const input = z.strictObject({ by: z.number().min(1).max(9), mode: z.enum(['up', 'down']) });
  const read = (raw: unknown) => () => parseInput({ name: 'scale', input }, raw);
  expect(read({ by: '2', mode: 'up' })).toThrow('scale.by: "2" is not allowed; expected a number.');
  expect(read({ by: 0, mode: 'up' })).toThrow('scale.by: 0 is not allowed; expected at least 1.');
  expect(read({ by: 10, mode: 'up' })).toThrow('scale.by: 10 is not allowed; expected at most 9.');
  expect(read({ by: 2, mode: 'left' })).toThrow('scale.mode: "left" is not allowed; expected one of up, down.');
});
