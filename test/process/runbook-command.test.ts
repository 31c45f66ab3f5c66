import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const MAIN = resolve('dist/src/main.js');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reviver-runbooks-'));
  await writeFile(join(folder, 'bad.yaml'), 'id: bad\nsteps: ["stop_servce: redis"]\n');
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the command line in an environment without a database, in the root of the repository. */
function reviver(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((done) => {
    const env = { PATH: process.env.PATH ?? '' };
    const child = execFile(process.execPath, [MAIN, 'runbook', ...args], { env }, (_, stdout, stderr) =>
      done({ code: child.exitCode, stdout, stderr }),
    );
  });
}

test.each<[number, string[], RegExp]>([
  [0, ['lint'], /nothing to mend\.\n$/],
  [1, ['lint', 'BAD'], /bad\.yaml:2:9 error unknown-action/],
  [2, ['lint', 'nowhere.yaml'], /There is no file nowhere\.yaml/],
  [2, ['lint', '--fromat', 'json'], /unknown option '--fromat'/],
  [2, ['test'], /missing required argument/],
  [2, ['tset'], /Did you mean test\?/],
  [0, ['test', 'redis_outage'], /Passed: \d+ cases/],
  [0, ['explain', 'redis_outage'], /redis_outage for redis/],
  [0, ['--help'], /lint .*\n/],
])('ends with %i: runbook %j', async (code, args, says) => {
  const ended = await reviver(...args.map((word) => (word === 'BAD' ? join(folder, 'bad.yaml') : word)));
  expect(`${ended.stdout}${ended.stderr}`).toMatch(says);
  expect(ended.code).toBe(code);
});
