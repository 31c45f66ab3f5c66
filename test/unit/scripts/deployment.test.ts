import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse, parseDocument } from 'yaml';
import { readEnvironment } from '../../../src/config/environment.js';
import { VARIABLE_NAMES } from '../../../src/config/variables.js';

const read = (file: string) => readFileSync(file, 'utf8');

describe('files for deployment', () => {
  test.each(['docker-compose.yml', '.github/workflows/ci.yml', 'config/constitution.yaml'])(
    '%s is sound YAML',
    (file) => {
      const { errors, warnings } = parseDocument(read(file));
      expect([...errors, ...warnings]).toEqual([]);
    },
  );

  test('compose: every service has a health check, Redis keeps its wake-ups, and no secret is written down', () => {
    const { services } = parse(read('docker-compose.yml'));
    expect(Object.keys(services)).toEqual(['reviver', 'postgres', 'redis', 'prometheus', 'alertmanager', 'grafana']);
    for (const service of Object.values(services)) expect(service).toHaveProperty('healthcheck.test');
    expect(services.redis.command.join(' ')).toMatch(/appendonly yes[\s\S]*maxmemory-policy noeviction/);
    const secrets = read('docker-compose.yml').match(/(PASSWORD|AUTH|KEY|TOKEN)\S*: .*/g) ?? [];
    for (const line of secrets) expect(line).toMatch(/\$\{\w+:[?-]|\/data\/tokens\.json/);
  });

  test("compose: the shell that hands Redis its settings is sound, and the dollar is the container's", () => {
    const { services } = parse(read('docker-compose.yml'));
    const script = String(services.redis.command[2]).replaceAll('$$', '$').replace('exec redis-server -', 'cat');
    const printed = execFileSync('sh', ['-c', script], { encoding: 'utf8', env: { REDISCLI_AUTH: 'word' } });
    expect(printed.trim().split('\n')).toEqual([
      'appendonly yes',
      'appendfsync everysec',
      'maxmemory-policy noeviction',
      'requirepass word',
    ]);
  });

  test('CI: lint, types, unit and integration tests with coverage, on Node 20 and 22', () => {
    const { jobs } = parse(read('.github/workflows/ci.yml'));
    expect(jobs.test.strategy.matrix.node).toEqual([20, 22]);
    const commands = [...jobs.check.steps, ...jobs.test.steps]
      .map(({ run }: { run?: string }) => run)
      .filter(Boolean)
      .join('\n');
    for (const command of ['npm run lint', 'npm run types', 'npm run test:unit', 'npm test -- --coverage'])
      expect(commands).toContain(command);
  });

  test('.env.example has every variable, and as it stands sets nothing malformed', () => {
    const lines = read('.env.example').match(/^#?[A-Z_0-9]+=.*/gm) ?? [];
    const names = lines.map((line) => line.replace(/^#/, '').split('=')[0]);
    expect(names).toEqual(expect.arrayContaining([...VARIABLE_NAMES]));
    const given = Object.fromEntries(lines.map((line) => line.replace(/^#/, '').split(/=(.*)/s)));
    expect(() => readEnvironment(given)).not.toThrow();
  });

  test('the Dockerfile sets only variables that exist', () => {
    for (const name of read('Dockerfile').match(/REVIVER_\w+/g) ?? []) expect(VARIABLE_NAMES).toContain(name);
  });
});
