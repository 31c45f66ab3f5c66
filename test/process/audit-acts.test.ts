import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Installation, install } from '../support/reviver.js';
import { FIXTURES, manyServices, threeSteps } from '../support/scene.js';

const database = withDatabase();
const redis = withRedis();
let reviver: Installation;

beforeAll(async () => {
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: manyServices(2),
    runbooks: {
      'careful.yaml': threeSteps(
        'careful',
        '{ id: b, action: ledger_append, with: { file: "{{ params.file }}", line: b } }',
      ),
    },
    extensions: FIXTURES,
    more: 'approvals: { rules: [{ when: "true", need: 1, role: approver }] }',
  });
  await reviver.start('server', ['start']);
}, 60_000);
afterAll(() => reviver.stop(), 60_000);

interface Entry {
  who: string;
  what: string;
  recovery_id: number | null;
  via: string | null;
  place: string | null;
  why: string | null;
  digest: string | null;
  constitution: string | null;
}

const entries = async (where: string) =>
  (await database.query(
    `SELECT who, what, recovery_id, via, place, why, digest, constitution, data FROM audit.entries WHERE ${where} ORDER BY seq`,
  )) as unknown as Entry[];

/** The act, and the entry that it must have. */
const ACTS: [string, () => Promise<unknown>, string, Partial<Entry>][] = [
  [
    'the configuration that a process was started with',
    async () => undefined,
    `what = 'configuration.loaded'`,
    { who: 'reviver', via: 'process' },
  ],
  [
    'the constitution that was pinned',
    async () => undefined,
    `what = 'constitution.pinned'`,
    { digest: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown as string },
  ],
  [
    'a request over HTTP',
    () =>
      reviver.call('POST', '/recover/s1', {
        runbook: 'careful',
        params: { file: `${reviver.folder}/one.txt`, gate: 'x' },
        reason: 'it hangs',
      }),
    `what = 'recovery.created'`,
    {
      who: 'Ann',
      via: 'api',
      why: 'it hangs',
      recovery_id: 1,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown as string,
    },
  ],
  [
    'a command in chat, by its digest alone',
    () => reviver.call('POST', '/console/api/commands', { channel: 'incidents', text: '/recover status R-1' }),
    `what = 'command.heard' AND via = 'console' AND data->>'command' = 'status'`,
    { who: 'Ann', place: 'incidents', digest: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown as string },
  ],
  [
    'a click that is refused',
    async () => {
      const message = await card();
      return reviver.call('POST', '/console/api/clicks', { message: message.id, command: message.approve });
    },
    `what = 'approval.refused'`,
    { who: 'Ann', via: 'console', recovery_id: 1 },
  ],
  [
    'a decision by a click, and the click',
    async () => {
      const message = await card();
      return reviver.call('POST', '/console/api/clicks', { message: message.id, command: message.approve }, 'lee');
    },
    `what = 'approval.approved' OR what = 'command.heard' AND who = 'Lee' AND data->>'clicked' = 'true'`,
    { who: 'Lee', via: 'console' },
  ],
  [
    'each step',
    () => reviver.reaches('R-1', 'SUCCEEDED'),
    `what = 'step.succeeded'`,
    { recovery_id: 1, why: 'it hangs', via: 'api' },
  ],
  [
    'the end',
    async () => undefined,
    `what LIKE 'recovery.succeeded%'`,
    { recovery_id: 1, constitution: 'cdd01ef066bc6cf2' },
  ],
  [
    'a policy',
    () =>
      reviver.send('PUT', '/policies/s1', {
        as: 'lee',
        headers: { 'if-match': '*' },
        body: { strategy: 'immediate', max_retry_attempts: 2 },
      }),
    `what = 'policy.set'`,
    { who: 'Lee', via: 'api' },
  ],
  [
    'a token that is not known',
    () => reviver.send('GET', '/status', { headers: { authorization: 'Bearer rvr_guess' } }),
    `what = 'request.refused' AND data->>'what' = 'token'`,
    { who: 'unknown', via: 'api', place: '127.0.0.1', why: 'unknown' },
  ],
  [
    'a role that is missing',
    () => reviver.send('PUT', '/policies/s1', { body: { strategy: 'immediate', max_retry_attempts: 2 } }),
    `what = 'request.refused' AND who = 'Ann'`,
    { via: 'api' },
  ],
  [
    'a command at a shell',
    () => reviver.shell(['status'], 'ann'),
    `what = 'command.heard' AND via = 'terminal'`,
    { who: 'Ann' },
  ],
  [
    'maintenance',
    () => reviver.shell(['maintenance', 's2', '10m'], 'ann'),
    `what = 'maintenance.began'`,
    { who: 'Ann' },
  ],
  [
    'a token that is made',
    () => reviver.shell(['token', 'create', '--name', 'x', '--role', 'admin']),
    `what = 'token.created'`,
    { via: 'cli' },
  ],
];

/** The card of the first recovery, with the command of its button Approve. */
async function card(): Promise<{ id: string; approve: string }> {
  return eventually(async () => {
    const { body } = await reviver.call('GET', '/console/api/channels/incidents/messages');
    for (const message of body.items ?? body.messages ?? [])
      for (const { command } of message.card?.buttons ?? [])
        if (/^approve /.test(command)) return { id: String(message.id), approve: command };
    throw new Error(JSON.stringify(body).slice(0, 600));
  });
}

test.each(ACTS)(
  '%s is in the audit',
  async (_, act, where, entry) => {
    await act();
    await eventually(async () => {
      const found = await entries(where);
      expect(found).toEqual(expect.arrayContaining([expect.objectContaining(entry)]));
    });
  },
  30_000,
);

test('what ran is told with a digest that anybody can compute anew, and which is another one for other arguments', async () => {
  const [started] = await entries(`what = 'step.started' AND recovery_id = 1`);
  const [step] = await database.query(
    `SELECT r.plan_digest AS plan, s.definition->>'id' AS id, s.definition->>'action' AS action, s.definition->'input' AS input
     FROM recoveries r JOIN steps s ON s.recovery_id = r.id WHERE r.id = 1 AND s.position = 0`,
  );
  const { plan, id, action, input } = step as { plan: string; id: string; action: string; input: object };
  const digest = (given: object) =>
    createHash('sha256')
      .update(sorted({ action, id, input: given, plan }))
      .digest('hex');
  expect(started?.digest).toBe(digest(input));
  expect(started?.digest).not.toBe(digest({ ...input, line: 'another' }));
});

/** JSON with sorted keys, as `jq -cS` prints it. */
function sorted(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, one]) => `${JSON.stringify(key)}:${sorted(one)}`).join(',')}}`;
}

test('an admin reads it page by page, nobody else does, and no command is in it as it was typed', async () => {
  const { out } = await reviver.shell(['token', 'create', '--name', 'auditor', '--role', 'admin']);
  const authorization = `Bearer ${out.trim().split(' ').at(-1)}`;
  const first = await reviver.send('GET', '/audit?limit=3', { headers: { authorization } });
  expect(first.headers.get('link')).toMatch(/<\/audit\?limit=3&cursor=\d+>; rel="next"/);
  const { items, next } = (await first.json()) as { items: { seq: number }[]; next: string };
  expect(items).toHaveLength(3);
  const second = await reviver.send('GET', `/audit?limit=3&cursor=${next}`, { headers: { authorization } });
  const page = (await second.json()) as { items: { seq: number }[] };
  expect(page.items[0]?.seq).toBe((items[2]?.seq ?? 0) - 1);
  expect((await reviver.send('GET', '/audit')).status).toBe(403);
  expect((await reviver.send('GET', '/audit?cursor=x', { headers: { authorization } })).status).toBe(422);
  expect(await entries(`data::text LIKE '%status R-1%'`)).toEqual([]);
});
