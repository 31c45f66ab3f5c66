import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { eventually, withDatabase } from '../../support/index.js';
import { startOwnPostgres } from '../../support/postgres.js';
import { startOwnRedis } from '../../support/redis.js';

const database = withDatabase();
const folder = mkdtempSync(join(tmpdir(), 'chaos-'));

function tool(name: string, args: string[], allowed: string[] = []) {
  const list = join(folder, 'allowed');
  writeFileSync(list, `# may be hurt\n${allowed.join('\n')}\n`);
  const { status, stdout, stderr } = spawnSync('bash', [`tools/chaos/${name}.sh`, ...args], {
    encoding: 'utf8',
    env: { ...process.env, CHAOS_ALLOWED: list },
  });
  return { status, stdout: stdout.trim(), stderr: stderr.trim() };
}

describe('kill_pg.sh and kill_redis.sh', () => {
  test('kill the one server that is marked, and no other', async () => {
    const postgres = await startOwnPostgres();
    const [dir] = await postgres.query<{ dir: string }>(`SELECT current_setting('data_directory') AS dir`);
    const held = new Client({ connectionString: postgres.url });
    held.on('error', () => {});
    await held.connect();
    const target = `data:${dir?.dir}`;
    expect(tool('kill_pg', [], [`pg ${target}  # the drill's`])).toEqual({
      status: 0,
      stdout: `killed: ${target}`,
      stderr: '',
    });
    await eventually(() =>
      postgres.query('SELECT 1').then(
        () => false,
        () => true,
      ),
    );
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(tool('kill_pg', [target], [`pg ${target}`]).status).toBe(4);
    await held.end().catch(() => undefined);
    await postgres.stop();
  }, 60_000);

  test('kill a Redis by its folder', async () => {
    const redis = await startOwnRedis();
    const { pid } = redis;
    expect(tool('kill_redis', [`data:${redis.dir}`], [`redis data:${redis.dir}`]).status).toBe(0);
    await eventually(() => !alive(pid));
    await redis.stop();
  });

  test('refuse what is not marked, and do nothing', async () => {
    const redis = await startOwnRedis();
    const refused = tool('kill_redis', [`data:${redis.dir}`], ['redis data:/elsewhere', `pg data:${redis.dir}`]);
    expect(refused).toMatchObject({ status: 3, stdout: '' });
    expect(refused.stderr).toContain('is not marked as a target that may be hurt');
    expect(refused.stderr).toContain('Nothing was done.');
    expect(alive(redis.pid)).toBe(true);
    await redis.stop();
  });

  test.each([
    ['without a list', 'kill_pg', [], [], 3],
    ['of two that are marked, one must be named', 'kill_pg', [], ['pg data:/a', 'pg data:/b'], 3],
    ['with a container that is not there', 'kill_redis', ['container:nobody'], [], 3],
    ['with a target of no form', 'kill_pg', ['bev_postgres'], ['pg bev_postgres'], 2],
    ['with too many targets', 'kill_pg', ['data:/a', 'data:/b'], [], 2],
    ['where nothing runs', 'kill_pg', ['data:/a'], ['pg data:/a'], 4],
  ] as const)('end with a code of their own: %s', (_, name, args, allowed, code) => {
    expect(tool(name, [...args], [...allowed]).status).toBe(code);
  });
});

test.each(['kill_pg', 'kill_redis', 'lag_network', 'restore_network'])(
  '%s.sh --help says how to mark a target',
  (name) => {
    const { status, stdout, stderr } = tool(name, ['--help']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`tools/chaos/${name}.sh`);
    expect(stdout).toMatch(/reviver\.chaos=allowed.*Exit codes: 0 done/s);
    expect(stdout).not.toMatch(/shellcheck|^#/m);
  },
);

test('without a list they say what a line of it looks like', () => {
  expect(tool('lag_network', ['150']).stderr).toContain('no line such as "network netns:drill/eth0" in ');
  expect(tool('kill_pg', [], ['pg data:/a', 'pg data:/b']).stderr).toContain('name one of them: data:/a data:/b');
});

const netns = `chaos-${process.pid}`;
const hasNetns = spawnSync('ip', ['netns', 'add', netns]).status === 0;
if (!hasNetns) console.log('Skipped: this machine makes no network namespaces (root, and the tool ip).');
afterAll(() => void spawnSync('ip', ['netns', 'del', netns]));
const inside = (...command: string[]) => spawnSync('ip', ['netns', 'exec', netns, ...command], { encoding: 'utf8' });

(hasNetns ? describe : describe.skip)('lag_network.sh and restore_network.sh', () => {
  const target = `netns:${netns}/lo`;
  const hasNetem = hasNetns && inside('tc', 'qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', '1ms').status === 0;
  if (hasNetem) inside('tc', 'qdisc', 'del', 'dev', 'lo', 'root');
  else console.log('Not shown here: this kernel has no netem, so only that it is said.');

  test('refuse an interface that is not marked', () => {
    expect(tool('lag_network', ['150', 'interface:lo']).status).toBe(3);
    expect(tool('restore_network', ['interface:lo']).status).toBe(3);
    expect(tool('lag_network', ['soon', target], [`network ${target}`]).status).toBe(2);
    expect(tool('lag_network', ['150', `netns:${netns}/eth9`], [`network netns:${netns}/eth9`]).status).toBe(4);
  });

  (hasNetem ? test : test.skip)('delay and end it, both safe to repeat', () => {
    expect(tool('lag_network', ['150'], [`network ${target}`]).stdout).toContain(`lagging: ${target} by 150 ms`);
    expect(tool('lag_network', ['200', target], [`network ${target}`]).status).toBe(0);
    expect(inside('tc', 'qdisc', 'show', 'dev', 'lo').stdout).toMatch(/netem.*delay 200/);
    for (const _ of [1, 2]) expect(tool('restore_network', [], [`network ${target}`]).status).toBe(0);
    expect(inside('tc', 'qdisc', 'show', 'dev', 'lo').stdout).not.toContain('netem');
  });

  (hasNetem ? test.skip : test)('say that the kernel cannot delay, and change nothing', () => {
    const before = inside('tc', 'qdisc', 'show', 'dev', 'lo').stdout;
    const said = tool('lag_network', ['150', target], [`network ${target}`]);
    expect(said.status).toBe(5);
    expect(said.stderr).toContain('cannot delay packets');
    expect(inside('tc', 'qdisc', 'show', 'dev', 'lo').stdout).toBe(before);
  });

  test('leave a discipline that is not theirs', () => {
    inside('tc', 'qdisc', 'replace', 'dev', 'lo', 'root', 'tbf', 'rate', '1gbit', 'burst', '1mb', 'latency', '50ms');
    expect(tool('restore_network', [target], [`network ${target}`]).status).toBe(0);
    expect(inside('tc', 'qdisc', 'show', 'dev', 'lo').stdout).toContain('tbf');
  });
});

function alive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}
