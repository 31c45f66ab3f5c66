import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { eventually, withDatabase } from '../support/index.js';
import { type Installation, install } from '../support/reviver.js';
import { FIXTURES, linesIn, manyServices, threeSteps } from '../support/scene.js';

/** Nothing listens there: chat is down, and Redis too. */
const NOWHERE = '127.0.0.1:9';

const database = withDatabase();
let reviver: Installation;

beforeAll(async () => {
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: `redis://${NOWHERE}`,
    services: manyServices(3),
    runbooks: {
      'careful.yaml': threeSteps(
        'careful',
        '{ id: b, action: ledger_append, with: { file: "{{ params.file }}", line: b } }',
      ),
    },
    extensions: FIXTURES,
    more: 'approvals: { rules: [{ when: "true", need: 1, role: approver }] }',
    channels: 'slack: C0INCIDENT',
    env: { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', SLACK_API_URL: `http://${NOWHERE}/api/` },
  });
  await reviver.start('worker', ['worker']);
}, 60_000);
afterAll(() => reviver.stop(), 30_000);

async function events(): Promise<{ kind: string; actor: string; data: Record<string, unknown> }[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query('SELECT kind, actor, data FROM events ORDER BY id')).rows;
  } finally {
    await client.end();
  }
}

test('without chat and API a recovery is asked for, approved by somebody else and watched at a shell, and all is recorded', async () => {
  const file = `${reviver.folder}/ledger.txt`;
  const params = [`file=${file}`, `gate=${file}`];
  const asked = await reviver.shell(
    ['recover', 's1', ...params, '--runbook', 'careful', '--reason', 'chat is down'],
    'ann',
  );
  expect(asked).toMatchObject({ code: 0, err: '', out: expect.stringContaining('R-1') });
  const [, digest = ''] = /reviver approve R-1 ([0-9a-f]{8,}) /.exec(asked.out) ?? [];

  const own = await reviver.shell(['approve', 'R-1', digest], 'ann');
  expect(own.code).toBe(1);
  expect(own.err).toMatch(/^reviver: You asked for this plan, so someone else must approve it/);
  expect((await reviver.shell(['approve', 'R-1', '00000000'], 'lee')).code).toBe(1);

  const approved = await reviver.shell(['approve', 'R-1', digest, '--wait'], 'lee');
  expect(approved).toMatchObject({ code: 0, err: '' });
  await eventually(async () => expect(await linesIn(file)).toEqual(['a', 'b', 'c']));
  const status = await reviver.shell(['status', 'R-1'], 'ann');
  expect(status).toMatchObject({ code: 0, out: expect.stringContaining('chat is down') });

  const kinds = await events();
  expect(kinds).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        kind: 'recovery.created',
        actor: 'Ann',
        data: expect.objectContaining({ via: 'terminal' }),
      }),
      expect.objectContaining({ actor: 'Lee', data: expect.objectContaining({ verdict: 'approve', via: 'terminal' }) }),
      expect.objectContaining({
        actor: 'Ann',
        data: expect.objectContaining({ verdict: 'approve', code: 'forbidden' }),
      }),
    ]),
  );
}, 60_000);

test('who asks is the token: none, a wrong and a weaker one are refused, and nothing starts', async () => {
  const before = (await events()).filter(({ kind }) => kind === 'recovery.created').length;
  const nobody = await reviver.shell(['recover', 's2'], undefined);
  expect(nobody).toMatchObject({ code: 1, out: '', err: expect.stringContaining('REVIVER_TOKEN') });
  const wrong = await reviver.shell(['recover', 's2'], undefined, { REVIVER_TOKEN: 'rvr_unknown' });
  expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('not known') });

  const made = await reviver.shell(['token', 'create', '--name', 'board', '--role', 'viewer']);
  const token = made.out.trim().split(' ').at(-1) ?? '';
  const weaker = await reviver.shell(['recover', 's2'], undefined, { REVIVER_TOKEN: token });
  expect(weaker).toMatchObject({ code: 1, err: expect.stringContaining('role responder') });
  expect((await reviver.shell(['status'], undefined, { REVIVER_TOKEN: token })).code).toBe(0);

  const after = await events();
  expect(after.filter(({ kind }) => kind === 'recovery.created')).toHaveLength(before);
  expect(after.filter(({ kind, data }) => kind === 'request.refused' && data.via === 'terminal')).toHaveLength(2);
}, 60_000);

test('a database that is away is said, and so is a word that is not known', async () => {
  const typo = await reviver.shell(['status', 'R-99'], 'ann');
  expect(typo).toMatchObject({ code: 1, err: expect.stringContaining('R-99') });
  const away = await reviver.shell(['status'], 'ann', { DATABASE_URL: `postgres://nobody@${NOWHERE}/none` });
  expect(away).toMatchObject({ code: 1, out: '', err: expect.stringContaining('Nothing was done') });
}, 60_000);
