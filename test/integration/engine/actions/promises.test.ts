import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type TrialOptions, testAction } from '../../../../src/app/extensions/trial/test-action.js';
import { createActions } from '../../../../src/engine/actions/actions.js';
import { eventually, processTable } from '../../../support/index.js';
import { serviceWith } from '../../../unit/engine/actions/context.js';

const actions = createActions();
const requests: string[] = [];
const server = createServer((request, response) => {
  requests.push(request.method ?? '');
  response.end('ok');
});
let folder: string;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promises-'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(async () => {
  server.close();
  for (const { pid, command } of await processTable()) if (command.endsWith('sleep 72155')) process.kill(pid);
  await rm(folder, { recursive: true });
});

async function keeps(name: string, options: TrialOptions) {
  const action = actions.get(name);
  if (!action) throw new Error(`no action ${name}`);
  return testAction(action, { folders: [folder], ...options });
}

/** Its process is started by the action itself. */
const sleeper = serviceWith({ name: 'sleeper', process: { command: ['sleep', '72155'], cwd: '/', env: {} } });

describe('the built-in actions keep the promises that extensions are tested for', () => {
  test('start_service', async () => {
    const seen = await keeps('start_service', { input: { service: 'sleeper' }, services: [sleeper] });
    expect(seen.inverse).toEqual({ action: 'stop_service', input: { service: 'sleeper' } });
  }, 20_000);

  test('run_command, also when it is aborted in the middle', async () => {
    const mark = join(folder, 'begun');
    const command = ['sh', '-c', `echo x >> ${mark}; sleep 0.3`];
    const underWay = () => eventually(() => existsSync(mark));
    const seen = await keeps('run_command', { input: { command }, underWay });
    expect(seen.result).toMatchObject({ exit_code: 0 });
  }, 20_000);

  test('http_request, whose effect nobody can see', async () => {
    const input = { url, method: 'POST' };
    await keeps('http_request', { input, probe: { before: 'unknown', after: 'unknown' }, state: async () => requests });
    expect(requests).toEqual(['POST']);
  });

  test('wait_for', async () => {
    await keeps('wait_for', { input: { url, for: '2s' } });
  });

  test('notify', async () => {
    expect((await keeps('notify', { input: { message: 'it is back' } })).said).toEqual(['it is back', 'it is back']);
  });

  test('check_health', async () => {
    const health = [{ type: 'http' as const, url, intervalMs: 1_000, timeoutMs: 1_000, failures: 1 }];
    await keeps('check_health', { input: { service: 'web' }, services: [serviceWith({ name: 'web', health })] });
  });
});
