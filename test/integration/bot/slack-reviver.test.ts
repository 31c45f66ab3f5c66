import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { freePort } from '../../../scripts/services/free-port.mjs';
import {
  APP_TOKEN,
  BOT_TOKEN,
  createSlackServer,
  SIGNING_SECRET,
  type SlackServer,
} from '../../platforms/slack/slack-server.js';
import { MODES, type Mode } from '../../platforms/slack/slack-under-test.js';
import { eventually, withDatabase } from '../../support/index.js';
import { required } from '../../support/required.js';

const CHANNEL = 'C0INCIDENT';
const database = withDatabase();
let stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  stops = [];
});

const CONFIG = `constitution: { hash: cdd01ef066bc6cf2, file: ${join(process.cwd(), 'config', 'constitution.yaml')} }
channels: { incidents: { slack: ${CHANNEL} } }
people:
  - { name: Ann, slack: U0ANN, roles: [responder, approver] }
  - { name: Lee, slack: U0LEE, roles: [responder, approver, lead] }
services:
${MODES.map((mode) => `  - { name: by-${mode}, runtime: process, process: { command: ["true"], cwd: . } }`).join('\n')}
`;
const RUNBOOK = `id: slow
steps:
  - { id: a, action: run_command, with: { command: ["true"] } }
`;

async function start(mode: Mode): Promise<SlackServer> {
  const slack = await createSlackServer();
  for (const id of ['U0ANN', 'U0LEE']) slack.workspace.join({ id });
  slack.workspace.open({ id: CHANNEL, members: ['U0ANN', 'U0LEE'] });
  stops.push(slack.close);
  const folder = await mkdtemp(join(tmpdir(), 'reviver-slack-'));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'runbooks'));
  await writeFile(join(folder, 'runbooks', 'slow.yaml'), RUNBOOK);
  await writeFile(join(folder, 'reviver.yaml'), CONFIG);
  const port = await freePort();
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', 'start'], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '/',
      DATABASE_URL: database.url,
      REDIS_URL: required('REDIS_URL'),
      REVIVER_CONFIG: join(folder, 'reviver.yaml'),
      REVIVER_RUNBOOKS: join(folder, 'runbooks'),
      REVIVER_DATA: folder,
      PORT: String(port),
      METRICS_PORT: '0',
      SLACK_BOT_TOKEN: BOT_TOKEN,
      SLACK_API_URL: slack.apiUrl,
      ...(mode === 'socket' ? { SLACK_APP_TOKEN: APP_TOKEN } : { SLACK_SIGNING_SECRET: SIGNING_SECRET }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  stops.push(() => ended(child));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  if (mode === 'http') slack.callsApp(`http://127.0.0.1:${port}/slack/events`);
  await eventually(
    async () => {
      if (child.exitCode !== null) throw new Error(`reviver ended: ${said.slice(-2_000)}`);
      const health = await fetch(`http://127.0.0.1:${port}/health`);
      expect(JSON.stringify(await health.json())).toContain('speaks for');
    },
    { timeoutMs: 30_000, everyMs: 100 },
  );
  return slack;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

describe.each(MODES)('Reviver as a whole on Slack, by %s', (mode) => {
  test('a recovery is asked for, shown, approved by somebody else with a button, and ends in its card', async () => {
    const slack = await start(mode);
    const cards = () => slack.seen(CHANNEL).filter(({ byApp }) => byApp);
    await slack.as('U0ANN').command(`by-${mode} --runbook slow`);
    await eventually(() => expect(cards()[0]?.text).toContain(`by-${mode} · waiting for approval`), {
      timeoutMs: 10_000,
    });
    const [card] = cards();
    const ts = card?.ts ?? '';
    await eventually(() => expect(slack.seen(CHANNEL, ts)[0]?.notified).toEqual(['U0LEE']), { timeoutMs: 10_000 });
    await slack.as('U0ANN').press(CHANNEL, ts, 'Approve');
    await eventually(() => expect(slack.privately('U0ANN')).toHaveLength(1));
    await slack.as('U0LEE').press(CHANNEL, ts, 'Approve');
    await eventually(() => expect(cards()[0]?.text).toMatch(/ done in \d/), { timeoutMs: 15_000 });
    expect(cards()).toHaveLength(1);
    expect(cards()[0]?.buttons).not.toContain('Approve');
    expect(slack.limits.refusals).toEqual([]);
  }, 90_000);
});
