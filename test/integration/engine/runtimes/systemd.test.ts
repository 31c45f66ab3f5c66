import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createExec, type Exec } from '../../../../src/engine/processes/exec.js';
import { createGuardian } from '../../../../src/engine/processes/guardian.js';
import { createSystemdRuntime } from '../../../../src/engine/runtimes/systemd/systemd.js';
import { aService } from '../../../support/builders.js';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const guardian = createGuardian();
const run: Exec = (command, options) =>
  createExec(guardian)({ runKey: 'R-1/0@systemd-test', signal: soon() })(command, options);
afterAll(() => guardian.close());

const runtimeOf = (unit: string, exec = run) =>
  createSystemdRuntime(aService('web', { runtime: 'systemd', systemd: { unit } }), { exec });

const systemd = existsSync('/run/systemd/system') && process.getuid?.() === 0;
if (!systemd)
  process.stderr.write(
    'Left out: tests with systemd need a machine where it is process 1, and root. They run there as they are.\n',
  );

(systemd ? describe : describe.skip)('a unit of systemd', () => {
  const unit = `reviver-test-${process.pid}.service`;
  const file = join('/run/systemd/system', unit);

  beforeAll(async () => {
    await writeFile(file, '[Service]\nExecStart=/bin/sh -c "echo begun; exec sleep 3600"\n');
    await run(['systemctl', 'daemon-reload']);
  });
  afterAll(async () => {
    await run(['systemctl', 'stop', unit]);
    await rm(file, { force: true });
    await run(['systemctl', 'daemon-reload']);
  });

  test('is started and stopped, and each start is another instance', async () => {
    const runtime = runtimeOf(unit);
    expect(await runtime.status()).toMatchObject({ status: 'stopped', instance: null });
    const first = await runtime.start(soon());
    expect(first).toMatchObject({ status: 'running', summary: expect.stringMatching(/pid \d+$/) });
    expect(await runtime.start(soon())).toEqual(first);
    expect(await runtime.stop(soon())).toMatchObject({ status: 'stopped' });
    expect((await runtime.start(soon())).instance).not.toBe(first.instance);
    expect(await runtime.logs(5)).toContain('begun');
  }, 60_000);

  test('that failed is started again', async () => {
    const runtime = runtimeOf(unit);
    const { facts } = await runtime.start(soon());
    process.kill(Number(facts.pid), 'SIGKILL');
    await run(['systemctl', 'is-active', '--wait', unit]).catch(() => undefined);
    expect(await runtime.start(soon())).toMatchObject({ status: 'running' });
  }, 60_000);

  test('that is not there is told', async () => {
    await expect(runtimeOf('reviver-nobody.service').start(soon())).rejects.toThrow(/There is no unit reviver-nobody/);
  });
});

/** A program in the place of systemctl that writes down how it was called: what people's systemd is asked, word by word. */
describe('systemctl', () => {
  let folder: string;
  const calls = join(tmpdir(), `systemctl-${process.pid}.txt`);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bin-'));
  });
  afterAll(async () => {
    await rm(calls, { force: true });
    await rm(folder, { recursive: true });
  });

  async function stub(script: string): Promise<Exec> {
    await writeFile(join(folder, 'systemctl'), `#!/bin/sh\necho "$*" >> ${calls}\n${script}\n`, { mode: 0o755 });
    return (command, options = {}) =>
      run(command, { ...options, env: { PATH: `${folder}${delimiter}${process.env.PATH}` } });
  }

  const shows = (...lines: string[]) =>
    `case "$3" in show) printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')};; esac`;

  test('is asked without questions and pages, and a unit that failed is forgiven before it is started', async () => {
    const exec = await stub(shows('LoadState=loaded', 'ActiveState=failed', 'SubState=failed', 'MainPID=0'));
    await runtimeOf('web.service', exec).start(soon());
    const asked = (await run(['cat', calls])).stdout.trim().split('\n');
    const show = expect.stringMatching(/^--no-ask-password --no-pager show --property=LoadState,.* -- web\.service$/);
    expect(asked).toEqual([
      show,
      '--no-ask-password --no-pager reset-failed -- web.service',
      '--no-ask-password --no-pager start -- web.service',
      show,
    ]);
  });

  test('that refuses is quoted, with the state that things are in', async () => {
    const exec = await stub(
      `${shows('LoadState=loaded', 'ActiveState=active', 'SubState=running', 'MainPID=7', 'InvocationID=ab')}
case "$3" in stop) echo "Failed to stop web.service: Access denied" >&2; exit 4;; esac`,
    );
    await expect(runtimeOf('web.service', exec).stop(soon())).rejects.toThrow(
      'systemctl could not stop web.service (exit 4): Failed to stop web.service: Access denied. It is now: web.service, pid 7.',
    );
  });

  test('that is not there at all is told', async () => {
    const exec: Exec = (command, options = {}) => run(command, { ...options, env: { PATH: '/nowhere' } });
    await expect(runtimeOf('web.service', exec).status(soon())).rejects.toThrow(/systemctl/);
  });
});
