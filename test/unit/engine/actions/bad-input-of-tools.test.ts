import { expect, test } from '@jest/globals';
import { LIST, problem } from './problem.js';

const DURATION = 'a duration of at most 1h, such as 500ms, 30s or 5m';
const DATABASE = 'a URL such as postgres://user@host:5432/db, or the name of a service with a postgres health check';
const PARAMS = 'a list of texts, numbers, true, false, null, or lists of them';
const COMMAND = 'a list [command, argument, ...] of texts and numbers, such as [CONFIG, GET, maxmemory]';
const REDIS = 'a URL such as redis://host:6379/0';
const DIR = 'the absolute path of a folder with a Terraform configuration';
const VARS = 'a mapping of variable names to values, such as { region: "eu-1" }';
const PLAN_OF = 'the id of the terraform_plan step, or the key of a saved plan';
const IMAGE = 'an image such as nginx:1.27, registry.example:5000/shop/web:1.4 or name@sha256:...';
const CPUS = 'a number of CPUs from 0.01 to 1024, or max for all of the machine';
const MEMORY = 'an amount of at least 6m, such as 512m or 2g, or max for all of the machine';
const REVISION = 'a number of a revision, as kubectl rollout history shows it';
const REPLICAS = 'a number of replicas from 0 to 1000';
const sql = { database: 'shop', query: 'SELECT 1' };
const redis = { service: 'redis', command: ['GET', 'a'] };

test.each<[string, object, string, string]>([
  ['kubernetes_rollout_restart', {}, 'service: missing', 'the name of a service'],
  ['kubernetes_rollout_undo', { service: 'web', to_revision: 0 }, 'to_revision: 0', REVISION],
  ['kubernetes_rollout_undo', { service: 'web', to_revision: 'last' }, 'to_revision: "last"', REVISION],
  ['kubernetes_scale', { service: 'web' }, 'replicas: missing', REPLICAS],
  ['kubernetes_scale', { service: 'web', replicas: -1 }, 'replicas: -1', REPLICAS],
  ['kubernetes_scale', { service: 'web', replicas: 1.5 }, 'replicas: 1.5', REPLICAS],
  ['kubernetes_delete_pod', { service: 'web', pod: '' }, 'pod: ""', 'the name of a pod of this service'],
  ['kubernetes_delete_pod', { service: 'web', force: 'yes' }, 'force: "yes"', 'true or false'],
  ['sql_query', { query: 'SELECT 1' }, 'database: missing', DATABASE],
  ['sql_query', { ...sql, database: 'mysql://host/db' }, 'database: "mysql://host/db"', DATABASE],
  ['sql_query', { ...sql, database: 'postgres://' }, 'database: "postgres://"', DATABASE],
  ['sql_query', { database: 'shop' }, 'query: missing', 'an SQL statement'],
  ['sql_query', { ...sql, query: ' ' }, 'query: " "', 'an SQL statement'],
  ['sql_query', { ...sql, query: 'SELECT 1; SELECT 2' }, 'query: "SELECT 1; SELECT 2"', 'one statement; this has 2'],
  [
    'sql_query',
    { ...sql, query: 'SELECT $1' },
    'query: "SELECT $1"',
    'a parameter for each placeholder; $1 has none of the 0 in params',
  ],
  [
    'sql_query',
    { ...sql, params: [1] },
    'query: "SELECT 1"',
    'a placeholder for each parameter; 1 in params, 0 in the statement',
  ],
  [
    'sql_query',
    { ...sql, query: 'DELETE FROM t' },
    'query: "DELETE FROM t"',
    'a statement that reads (SELECT, WITH, VALUES, TABLE, SHOW, EXPLAIN), or writes: true',
  ],
  ['sql_query', { ...sql, params: 'a' }, 'params: "a"', PARAMS],
  ['sql_query', { ...sql, params: [{}] }, 'params[0]: {}', PARAMS],
  ['sql_query', { ...sql, writes: 'yes' }, 'writes: "yes"', 'true or false'],
  ['sql_query', { ...sql, max_rows: 1_001 }, 'max_rows: 1001', 'a whole number from 0 to 1000'],
  ['sql_query', { ...sql, max_rows: 1.5 }, 'max_rows: 1.5', 'a whole number from 0 to 1000'],
  ['sql_query', { ...sql, timeout: '2h' }, 'timeout: "2h"', DURATION],
  ['redis_command', { command: ['PING'] }, '', 'exactly one of service and url'],
  ['redis_command', { ...redis, url: 'redis://h' }, '', 'exactly one of service and url'],
  ['redis_command', { url: 'http://h', command: ['PING'] }, 'url: "http://h"', REDIS],
  ['redis_command', { service: '', command: ['PING'] }, 'service: ""', 'the name of a service'],
  ['redis_command', { service: 'redis' }, 'command: missing', COMMAND],
  ['redis_command', { ...redis, command: 'GET a' }, 'command: "GET a"', COMMAND],
  ['redis_command', { ...redis, command: [] }, 'command: []', COMMAND],
  ['redis_command', { ...redis, command: ['GET a'] }, 'command: ["GET a"]', COMMAND],
  ['redis_command', { ...redis, command: ['SET', 'a', null] }, 'command[2]: null', COMMAND],
  [
    'redis_command',
    { ...redis, command: ['SHUTDOWN'] },
    'command: ["SHUTDOWN"]',
    'another command: SHUTDOWN stops the server behind the back of its runtime: use stop_service',
  ],
  ['redis_command', { ...redis, writes: 1 }, 'writes: 1', 'true or false'],
  ['redis_command', { ...redis, timeout: 0 }, 'timeout: 0', DURATION],
  ['terraform_plan', {}, 'dir: missing', DIR],
  ['terraform_plan', { dir: 'infra' }, 'dir: "infra"', DIR],
  ['terraform_plan', { dir: '/srv', vars: 'a=b' }, 'vars: "a=b"', VARS],
  ['terraform_plan', { dir: '/srv', vars: { '-out': 'x' } }, 'vars: {"-out":"x"}', VARS],
  ['terraform_plan', { dir: '/srv', var_file: '' }, 'var_file: ""', 'the path of a .tfvars file'],
  ['terraform_plan', { dir: '/srv', timeout: 'long' }, 'timeout: "long"', DURATION],
  ['terraform_apply', { dir: '/srv' }, 'plan_of: missing', PLAN_OF],
  ['terraform_apply', { plan_of: 'plan' }, 'dir: missing', DIR],
  ['terraform_apply', { plan_of: 'plan', dir: './x' }, 'dir: "./x"', DIR],
  ['terraform_apply', { plan_of: 'plan', dir: '/srv', timeout: '2h' }, 'timeout: "2h"', DURATION],
  ['docker_pull', {}, 'image: missing', IMAGE],
  ['docker_pull', { image: 'Nginx' }, 'image: "Nginx"', IMAGE],
  ['docker_pull', { image: 'user:password@host/nginx' }, 'image: "user:password@host/nginx"', IMAGE],
  ['docker_update', { service: 'web' }, '', 'at least one of cpus and memory'],
  ['docker_update', { cpus: 1 }, 'service: missing', 'the name of a service'],
  ['docker_update', { service: 'web', cpus: 0 }, 'cpus: 0', CPUS],
  ['docker_update', { service: 'web', cpus: '2' }, 'cpus: "2"', CPUS],
  ['docker_update', { service: 'web', memory: '5m' }, 'memory: "5m"', MEMORY],
  ['docker_update', { service: 'web', memory: 'much' }, 'memory: "much"', MEMORY],
  ['docker_update', { service: 'web', memory: -1 }, 'memory: -1', MEMORY],
  [
    'docker_prune',
    { what: 'volumes' },
    'what: "volumes"',
    'one of images, containers, build_cache; volumes are never removed',
  ],
  ['docker_prune', {}, 'what: missing', 'one of images, containers, build_cache; volumes are never removed'],
  [
    'docker_prune',
    { what: 'images', older_than: '2y' },
    'older_than: "2y"',
    'a duration of at most 365d, such as 500ms, 30s or 5m',
  ],
  [
    'docker_prune',
    { what: 'images', keep: 'nginx' },
    'keep: "nginx"',
    'a list of tags, image names, ids of at least 6 digits, or names of containers',
  ],
  [
    'docker_prune',
    { what: 'build_cache', keep: ['a'] },
    'keep: ["a"]',
    'nothing where what is build_cache: its parts have no names',
  ],
  ['docker_exec', { command: ['ls'] }, 'service: missing', 'the name of a service'],
  ['docker_exec', { service: 'web', command: 'ls -l' }, 'command: "ls -l"', LIST],
  ['docker_exec', { service: 'web', command: [''] }, 'command: [""]', LIST],
  ['docker_exec', { service: 'web', command: ['ls', 5] }, 'command[1]: 5', 'a text'],
  [
    'docker_exec',
    { service: 'web', command: ['ls'], success_codes: [300] },
    'success_codes[0]: 300',
    'a list of exit codes from 0 to 255, such as [0, 2]',
  ],
  ['docker_exec', { service: 'web', command: ['ls'], timeout: 'x' }, 'timeout: "x"', DURATION],
])('%s refuses %j', (name, raw, field, allowed) => {
  const message = problem(name, raw);
  expect(message).toContain(`outage.steps[0]${field ? '.' : ''}${field}`);
  expect(message).toMatch(/ is not allowed; expected /);
  expect(message.endsWith(`expected ${allowed}.`)).toBe(true);
});

test.each<[string, object]>([
  ['sql_query', { ...sql, query: 'SELECT $1', params: [[1, 2]] }],
  ['sql_query', { ...sql, database: 'postgresql://u:p@h/db', query: 'DELETE FROM t', writes: true }],
  ['sql_query', { ...sql, database: 'postgres:///db?host=/run/postgresql' }],
  ['redis_command', { url: 'rediss://h:6379/1', command: ['EXPIRE', 'a', 60] }],
  ['terraform_plan', { dir: '/srv', vars: { list: [1, { a: true }] } }],
  ['terraform_apply', { plan_of: `R-12_3.${'0'.repeat(64)}`, dir: '/srv' }],
  ['docker_pull', { image: 'nginx' }],
  ['docker_pull', { image: 'registry.example:5000/shop/web:1.4' }],
  ['docker_pull', { image: `shop/web@sha256:${'0'.repeat(64)}` }],
  ['docker_update', { service: 'web', cpus: 'max', memory: '1.5g' }],
  ['docker_prune', { what: 'build_cache' }],
])('%s accepts %j', (name, raw) => {
  expect(problem(name, raw)).toBe('accepted');
});
