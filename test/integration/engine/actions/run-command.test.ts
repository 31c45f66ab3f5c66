import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ActionError } from '../../../../src/engine/actions/action.js';
import { runCommand } from '../../../../src/engine/actions/run-command.js';
import { createExec } from '../../../../src/engine/processes/exec.js';
import { createGuardian } from '../../../../src/engine/processes/guardian.js';
import { groupsOf } from '../../../../src/engine/processes/run-groups.js';
import { contextWith } from '../../../unit/engine/actions/context.js';

const guardian = createGuardian();
afterAll(() => guardian.close());

function context(signal = new AbortController().signal) {
  const runKey = `run-command-${randomUUID()}`;
  return contextWith({ runKey, signal, exec: createExec(guardian)({ runKey, signal }) });
}

describe('run_command', () => {
  test('keeps the exit code and the end of the output', async () => {
    const command = ['sh', '-c', 'echo out; echo err >&2'];
    expect(await runCommand.run({ command }, context(), {})).toEqual({
      summary: 'exit code 0',
      exit_code: 0,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  test('runs where and with what it was told', async () => {
    const input = { command: ['sh', '-c', 'pwd -P; echo $LEVEL'], cwd: '/usr/bin', env: { LEVEL: 'debug' } };
    expect(await runCommand.run(input, context(), {})).toMatchObject({ stdout: '/usr/bin\ndebug\n' });
  });

  test('fails with the last line that the program printed', async () => {
    const failure = await runCommand
      .run({ command: ['sh', '-c', 'echo first >&2; echo "relation does not exist" >&2; exit 3'] }, context(), {})
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ActionError);
    expect(failure).toMatchObject({
      message: 'sh ended with exit code 3: relation does not exist.',
      options: { code: 'command_failed', facts: { exit_code: 3 } },
    });
    await expect(runCommand.run({ command: ['false'] }, context(), {})).rejects.toThrow(
      'false ended with exit code 1 and printed nothing.',
    );
  });

  test('succeeds with the exit codes that count as success, and no other', async () => {
    const input = { command: ['sh', '-c', 'exit 2'], success_codes: [2] };
    expect(await runCommand.run(input, context(), {})).toMatchObject({
      summary: 'exit code 2, as allowed',
      exit_code: 2,
    });
    await expect(runCommand.run({ command: ['true'], success_codes: [2] }, context(), {})).rejects.toThrow(
      /exit code 0/,
    );
  });

  test('is ended after its timeout, and nothing of it runs when that is told', async () => {
    const ctx = context();
    const command = ['sh', '-c', 'sleep 300 & sleep 300'];
    await expect(runCommand.run({ command, timeout: '100ms' }, ctx, {})).rejects.toThrow(
      'sh was ended after 0.1 s; what it did until then stays.',
    );
    expect(await groupsOf(ctx.runKey)).toEqual([]);
  });

  test('that cannot be found names the program', async () => {
    await expect(runCommand.run({ command: ['no-such-program'] }, context(), {})).rejects.toThrow(
      /^no-such-program was not found/,
    );
  });

  test('has no probe, and says before what it would run', async () => {
    expect(runCommand.probe).toBeUndefined();
    expect(runCommand.idempotent).toBe(false);
    expect(runCommand.spawns).toBe(true);
    const would = await runCommand.preview?.({ command: ['psql', '-c', 'select 1'], cwd: '/srv' }, context());
    expect(would).toMatch(
      /^would run psql -c "select 1" in \/srv(; here that is \/\S+|; it cannot be run on this node as things are)?$/,
    );
  });
});
