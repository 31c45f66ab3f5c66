import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.js';

/** What a person reads about a configuration. */
function mistakes(text: string): string[] {
  try {
    parseConfig(text, resolve('config/reviver.yaml'));
    return [];
  } catch (error) {
    return error instanceof Error ? error.message.split('\n') : [];
  }
}

const redis = (...lines: string[]) =>
  ['services:', '  - name: redis', '    container_name: bev_redis', ...lines.map((line) => `    ${line}`), ''].join(
    '\n',
  );
const pair = (a: string, b: string) =>
  `services:\n  - { name: a, container_name: a, depends_on: [${a}] }\n  - { name: b, container_name: b, depends_on: [${b}] }\n`;

describe('a mistake in the configuration names file, line, column, path, what is allowed and what was meant', () => {
  test.each([
    [
      'a word that is not one of a few',
      redis('runtime: dokcer'),
      'config/reviver.yaml:4:5 services[0].runtime: "dokcer" is not allowed; expected one of docker, compose, kubernetes, process, systemd. Did you mean docker?',
    ],
    [
      'an unknown key of the file',
      'chanels: {}\n',
      /^config\/reviver\.yaml:1:1 chanels: unknown key; known are constitution, channels, .* Did you mean channels\?$/,
    ],
    [
      'an unknown key of a service',
      redis('depend_on: []'),
      /:4:5 services\[0\]\.depend_on: unknown key; .* Did you mean depends_on\?$/,
    ],
    [
      'an unknown key deep inside',
      redis('circuit_breaker: { failure_treshold: 3 }'),
      /:4:24 services\[0\]\.circuit_breaker\.failure_treshold: unknown key; .* Did you mean failure_threshold\?$/,
    ],
    [
      'a key of an inline template',
      'templates:\n  - { id: a, steps: [{ action: notify, tiemout: 3s }] }\n',
      /:2:40 templates\[0\]\.steps\[0\]\.tiemout: unknown key; .* Did you mean timeout\?$/,
    ],
    [
      'a missing key',
      'services:\n  - container_name: x\n',
      'config/reviver.yaml:2:5 services[0].name: is missing; expected text.',
    ],
    [
      'a wrong kind',
      redis('max_recovery_attempts: many'),
      /:4:5 services\[0\]\.max_recovery_attempts: "many" is not allowed; expected a number\.$/,
    ],
    [
      'a size of memory that is none',
      redis('sizes: [{ memory: much }]'),
      /:4:15 services\[0\]\.sizes\[0\]\.memory: "much" is not allowed; expected a size such as 256m or 2g\.$/,
    ],
    [
      'a disk to be cleaned near the root',
      redis('disk: [{ folder: /var, remove: ["*.log"] }]'),
      /services\[0\]\.disk\[0\]\.folder: "\/var" is too near the root for anything to be removed; expected one such as \/var\/log\/web\.$/,
    ],
    [
      'a pattern that leads elsewhere',
      redis('disk: [{ folder: /var/log/x, remove: ["../*"] }]'),
      /services\[0\]\.disk\[0\]\.remove\[0\]: "\.\.\/\*" is not allowed; expected a name of files without a slash, such as \*\.log\.\*\.$/,
    ],
    ['an empty size', redis('sizes: [{}]'), /services\[0\]\.sizes\[0\].*expected cpus, memory, or both\.$/],
    [
      'sizes that do not grow',
      redis('sizes: [{ cpus: 1, memory: 512m }, { cpus: 2, memory: 256m }]'),
      /services\[0\]\.sizes\[1\]: is not bigger than the one before; expected small to big\.$/,
    ],
    [
      'a kind of workload that there is not',
      'services:\n  - { name: web, kubernetes: { name: web, kind: Deploymnt } }\n',
      /services\[0\]\.kubernetes\.kind: "Deploymnt" is not allowed; expected one of deployment, statefulset, daemonset\. Did you mean deployment\?$/,
    ],
    [
      'a name that no workload can have',
      'services:\n  - { name: web, kubernetes: { name: shop/web } }\n',
      /services\[0\]\.kubernetes\.name: "shop\/web" is not allowed; expected a name as Kubernetes has them: small letters, digits, - and \.\.$/,
    ],
    [
      'a standby that is no service',
      redis('failover: { to: rediss, switch: ["notify: x"] }'),
      /services\[0\]\.failover\.to: no service "rediss"; known are redis\. Did you mean redis\?$/,
    ],
    [
      'a standby that is the service itself',
      redis('failover: { to: redis, switch: ["notify: x"] }'),
      /services\[0\]\.failover\.to: is the service itself; expected the one that stands by\.$/,
    ],
    [
      'a standby without a health check',
      `${redis('failover: { to: b, switch: ["notify: x"] }').trimEnd()}\n  - { name: b, container_name: b }\n`,
      /services\[0\]\.failover\.to: names b, which has no health check: nobody could tell/,
    ],
    [
      'a number out of range',
      redis('priority: 11'),
      /:4:5 services\[0\]\.priority: 11 is not allowed; expected a number of at most 10\.$/,
    ],
    [
      'a duration',
      'recovery_timeout: soon\n',
      /:1:1 recovery_timeout: "soon" is not allowed; expected a duration such as 500ms, 30s, 15m, 1h or 3d\.$/,
    ],
    [
      'a retry policy',
      redis('retry_policy: { max_retry_attempts: 0 }'),
      /:4:21 services\[0\]\.retry_policy\.max_retry_attempts: 0 is not allowed; expected a whole number of at least 1\.$/,
    ],
    [
      'a role',
      'people:\n  - { name: Ann, roles: [aprover] }\n',
      /:2:26 people\[0\]\.roles\[0\]: "aprover" is not allowed; .* Did you mean approver\?$/,
    ],
    [
      'a name used twice',
      `${redis()}  - { name: redis, container_name: other }\n`,
      /:4:7 services\[1\]\.name: "redis" is the name of services\[0\] already; names must differ\.$/,
    ],
    [
      'a dependency that does not exist',
      pair('c', ''),
      /:2:\d+ services\[0\]\.depends_on\[0\]: no service "c"; known are a, b\.( Did you mean a\?)?$/,
    ],
    [
      'a dependency cycle',
      pair('b', 'a'),
      /services\[0\]\.depends_on: services depend on each other in a circle: a -> b -> a\.$/,
    ],
    [
      'a strategy',
      redis('recovery_strategies: [restrat]'),
      /services\[0\]\.recovery_strategies\[0\]: no strategy "restrat"; .* Did you mean restart\?$/,
    ],
    [
      'a pool',
      'pools: [default, gpu]\ntemplates:\n  - { id: a, steps: [{ action: notify, pool: gpus }] }\n',
      /templates\[0\]\.steps\[0\]\.pool: no pool "gpus"; known are default, gpu\. Did you mean gpu\?$/,
    ],
    [
      'a backup of no service',
      'backups: { nightly: { service: redis, location: redis } }\n',
      /backups\.nightly\.service: no service "redis"; none is configured\.$/,
    ],
    [
      'a condition',
      redis('auto_recover: "risk <"'),
      /services\[0\]\.auto_recover: "risk <" is not a CEL condition \(.+\)\.$/,
    ],
    [
      'an escalation policy that is not there',
      `${redis('escalation: loud')}escalation: { policies: { loud_: [ { after: 0s, notify: [chat] } ] } }\n`,
      /services\[0\]\.escalation: no escalation policy "loud"; known are loud_\. Did you mean loud_\?$/,
    ],
    [
      'a level before the one above it',
      'escalation: { policies: { default: [ { after: 5m, notify: [chat] }, { after: 1m, notify: [sms] } ] } }\n',
      /escalation\.policies\.default\[1\]\.after: is before the level above it/,
    ],
    [
      'a channel that there is not',
      'escalation: { policies: { default: [ { after: 0s, notify: [pagerdooty] } ] } }\n',
      /notify\[0\]: "pagerdooty" is not allowed; expected one of chat, pagerduty, email, sms, webhook\. Did you mean pagerduty\?$/,
    ],
    [
      'a phone number without its country',
      'escalation: { contacts: { sms: ["0550101"] } }\n',
      /escalation\.contacts\.sms\[0\]: "0550101" is not allowed; expected a phone number with \+ and country code/,
    ],
    [
      'a runtime without its section',
      'services:\n  - { name: web, runtime: process }\n',
      /:2:5 services\[0\]: the runtime process needs process\.$/,
    ],
    [
      'no runtime at all',
      'services:\n  - { name: web }\n',
      /services\[0\]\.runtime: is missing; expected one of docker, compose/,
    ],
    [
      'a section of another runtime',
      redis('systemd: { unit: redis }'),
      /services\[0\]\.systemd: does not fit the runtime docker\.$/,
    ],
    [
      'a shell line',
      'services:\n  - { name: web, process: { command: "node server.js" } }\n',
      /services\[0\]\.process\.command: "node server\.js" is not allowed; expected a list: the program, then each argument/,
    ],
    [
      'a health check without its target',
      redis('health: [{ type: redis }]'),
      /services\[0\]\.health\[0\]: a redis check needs url, such as redis:\/\/127\.0\.0\.1:6379\.$/,
    ],
    [
      'one person twice',
      'people:\n  - { name: Ann, slack: U1, roles: [] }\n  - { name: Lee, slack: U1, roles: [] }\n',
      /people\[1\]\.slack: is that of people\[0\] already; two people would be one\.$/,
    ],
    ['YAML itself', 'services: [\n', /^config\/reviver\.yaml:\d+:\d+ /],
    ['a key given twice', 'pools: [a]\npools: [b]\n', /^config\/reviver\.yaml:2:1 The key "pools" is written twice/],
  ])('%s', (_what, text, expected) => {
    const [first] = mistakes(text);
    expect(first).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
  });

  test('all of them are told at once', () => {
    expect(mistakes(redis('runtime: dokcer', 'priority: 0', 'criticality: hgih'))).toHaveLength(3);
  });

  test('neither passwords in URLs nor values of a service environment are shown', () => {
    const url = mistakes(redis('health: [{ type: "redis://:s3cret@cache" }]'));
    const env = mistakes('services:\n  - { name: web, process: { command: [node], env: { TOKEN: [s3cret] } } }\n');
    expect([...url, ...env].join('\n')).not.toContain('s3cret');
    expect(env).toHaveLength(1);
  });

  test('a file that does not exist is named, and how to set another', async () => {
    const { loadConfig } = await import('../../../src/config/load.js');
    await expect(loadConfig('config/none.yaml')).rejects.toThrow(
      /config\/none\.yaml cannot be read \(ENOENT\)\. Set REVIVER_CONFIG/,
    );
  });
});
