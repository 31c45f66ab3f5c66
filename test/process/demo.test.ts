import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { eventually, processesMarked } from '../support/index.js';

const run = promisify(execFile);

/** Plays the README's demo command, without this run's databases: the demo brings its own. */
async function demo(...flags: string[]): Promise<string> {
  const { DATABASE_URL: _, REDIS_URL: __, ...env } = process.env;
  const { stdout } = await run('npm', ['run', '--silent', 'demo', '--', '--once', ...flags], { env, timeout: 120_000 });
  return stdout;
}

/** Process ids of everything that a demo has started. */
async function playing(): Promise<number[]> {
  return (await processesMarked('/reviver-demo-')).map(({ pid }) => pid);
}

describe('npm run demo', () => {
  test.each([
    ['plays an outage with two people to its end', []],
    ['finishes also when the worker is killed in the middle', ['--crash']],
  ])(
    '%s',
    async (_title, flags) => {
      const before = await playing();
      const printed = await demo(...flags);
      expect(printed).toContain('redis is down');
      expect(printed).toContain('someone else must approve it');
      expect(printed).toMatch(/R-1 · redis recovered in \d/);
      const facts = printed.slice(printed.indexOf('What really happened'));
      expect(facts).toMatch(/✓ pids\s+redis was pid \d+, is pid \d+/);
      expect(facts).not.toContain('✗');
      if (flags.length > 0) expect(facts).toMatch(/✓ crash\s+worker pid \d+ ended by SIGKILL/);
      expect((await playing()).filter((pid) => !before.includes(pid))).toEqual([]);
    },
    180_000,
  );

  test('leaves nothing behind, also when it is killed itself', async () => {
    const { DATABASE_URL: _, REDIS_URL: __, ...env } = process.env;
    const child = spawn(process.execPath, ['dist/src/main.js', 'demo', '--once'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let printed = '';
    child.stdout.on('data', (data) => (printed += data));
    await eventually(() => expect(printed).toContain('redis is down'), { timeoutMs: 60_000 });
    expect((await playing()).length).toBeGreaterThan(4);
    child.kill('SIGKILL');
    await eventually(async () => expect(await playing()).toEqual([]), { timeoutMs: 10_000 });
  }, 120_000);
});
