import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort } from '../../scripts/services/free-port.mjs';
import { createToken } from '../../src/app/tokens/tokens.js';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Installation, install, type Running } from '../support/reviver.js';

const database = withDatabase();
const redis = withRedis();
let reviver: Installation;
let worker: Running;
let ports: number[];

/** A small web server; `drill` says what the configuration does. */
const web = (name: string, port: number, more = '') => `  - name: ${name}
    runtime: process
    process: { command: [${process.execPath}, -e, "require('http').createServer((q, a) => a.end('ok')).listen(${port}, '127.0.0.1')"], cwd: . }
    health: [{ type: http, url: "http://127.0.0.1:${port}/", interval: 200ms, timeout: 1s, failures: 2 }]
    recovery_strategies: [restart]
${more}`;
const ALLOWED = '    drill: { allowed: true }';

beforeAll(async () => {
  ports = await Promise.all(Array.from({ length: 4 }, freePort));
  const [a = 0, b = 0, c = 0, d = 0] = ports;
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: [web('shop', a, ALLOWED), web('bank', b), web('mail', c, ALLOWED), web('news', d, ALLOWED)].join('\n'),
    runbooks: {
      'back.yaml': `id: back
match: { services: [shop] }
steps:
  - "start_service: shop"
`,
      'never.yaml': `id: never
steps:
  - { id: hang, action: wait_for, with: { tcp: "127.0.0.1:1", for: 10m }, on_failure: stop }
  - "start_service: {{ service.name }}"
`,
      'broken.yaml': `id: broken
steps:
  - { id: fails, action: wait_for, with: { tcp: "127.0.0.1:1", for: 1s }, on_failure: stop }
`,
    },
    more: `approvals: { rules: [{ when: "true", need: 0 }] }
freeze: [{ name: sale, from: 2020-01-01 00:00, to: 2099-01-01 00:00, time_zone: UTC, raise: medium, services: [news] }]`,
  });
  await reviver.start('people', ['start', '--role', 'api', '--role', 'bot', '--role', 'scheduler']);
  worker = await reviver.start('worker', ['worker']);
  for (const name of ['shop', 'bank', 'mail', 'news']) {
    const { body } = await reviver.call('POST', `/recover/${name}`, { strategy: 'restart' });
    await reviver.reaches(body.id, 'SUCCEEDED');
  }
  await eventually(async () => {
    const seen = await database.query(`SELECT service FROM service_health WHERE status = 'healthy'`);
    expect(seen).toHaveLength(4);
  });
}, 90_000);

afterAll(async () => {
  const pids = await Promise.all(['shop', 'bank', 'mail', 'news'].map(pidOf));
  await reviver.stop();
  for (const pid of pids) if (pid !== undefined) process.kill(pid, 'SIGKILL');
}, 60_000);

/** Of the service as it runs now; read where its runtime keeps it. */
async function pidOf(service: string): Promise<number | undefined> {
  const text = await readFile(join(reviver.folder, 'data', 'processes', `${service}.pid`), 'utf8').catch(() => '');
  const pid = Number.parseInt(/\d+/.exec(text)?.[0] ?? '', 10);
  return Number.isNaN(pid) ? undefined : pid;
}

const answers = (nth: number) =>
  fetch(`http://127.0.0.1:${ports[nth]}/`)
    .then((answer) => answer.ok)
    .catch(() => false);
const proven = (service: string) =>
  database.query('SELECT name, by, recovery_id FROM proven WHERE service = $1 ORDER BY at DESC', [service]);
const approve = async (id: string) => {
  const { approvals } = await reviver.recovery(id);
  const { digest } = approvals.at(-1);
  return reviver.call('POST', `/recoveries/${id}/approve`, { digest }, 'lee');
};

describe('a drill', () => {
  test('is refused for a service that is not marked, and says how to mark it', async () => {
    const { status, body } = await reviver.call('POST', '/drills/bank', {});
    expect(status).toBe(422);
    expect(body.detail).toContain('bank is not marked as a service that a drill may break');
    expect(body.detail).toContain('drill: { allowed: true }');
    expect(await answers(1)).toBe(true);
  });

  test('asks somebody else although no rule does, breaks, is noticed, recovers, and proves the plan', async () => {
    const before = await pidOf('shop');
    const { status, body } = await reviver.call('POST', '/drills/shop', { reason: 'first of the quarter' });
    expect(status).toBe(202);
    expect(body).toMatchObject({ state: 'AWAITING_APPROVAL', runbook: 'back' });
    expect(body.steps.map(({ action }: { action: string }) => action)).toEqual([
      'check_health',
      'stop_service',
      'wait_until_noticed',
      'start_service',
      'check_health',
    ]);
    expect(await answers(0)).toBe(true);
    const own = await reviver.call('POST', `/recoveries/${body.id}/approve`, { digest: body.plan_digest });
    expect(own.status).toBe(403);
    expect((await approve(body.id)).status).toBe(200);
    const done = await reviver.reaches(body.id, 'SUCCEEDED', 30_000);
    expect(done.drill.to_notice_ms).toBeGreaterThan(0);
    expect(done.drill.to_recover_ms).toBeGreaterThan(0);
    expect(await pidOf('shop')).not.toBe(before);
    expect(await answers(0)).toBe(true);
    expect((await proven('shop'))[0]).toMatchObject({ name: 'back', by: 'drill' });
    // It is no outcome that plans are ranked by.
    expect(await database.query(`SELECT FROM knowledge WHERE source = $1`, [body.id])).toEqual([]);
  }, 60_000);

  test('that is aborted starts the service again by itself', async () => {
    const { body } = await reviver.call('POST', '/drills/mail', { runbook: 'never' });
    await approve(body.id);
    await reviver.step(body.id, 3, 'running', 20_000);
    expect(await answers(2)).toBe(false);
    expect((await reviver.call('POST', `/recoveries/${body.id}/cancel`, {})).status).toBe(200);
    const ended = await reviver.reaches(body.id, 'ROLLED_BACK', 30_000);
    expect(ended.outcome).toMatchObject({ code: 'drill_aborted' });
    expect(await answers(2)).toBe(true);
    expect(await proven('mail')).toEqual([{ name: 'restart', by: 'recovery', recovery_id: expect.any(Number) }]);
  }, 60_000);

  test('whose plan fails, in a step that would stop there, starts the service again and calls nobody', async () => {
    const { body } = await reviver.call('POST', '/drills/mail', { runbook: 'broken' });
    await approve(body.id);
    await reviver.reaches(body.id, 'ROLLED_BACK', 30_000);
    expect(await answers(2)).toBe(true);
    const told = await database.query(`SELECT FROM events WHERE recovery_id = $1 AND kind = 'recovery.escalated'`, [
      Number(body.id.slice(2)),
    ]);
    expect(told).toEqual([]);
  }, 60_000);

  test('whose worker is killed while the service lies broken is brought to its end by another one', async () => {
    const { body } = await reviver.call('POST', '/drills/mail', { runbook: 'never' });
    await approve(body.id);
    await reviver.step(body.id, 3, 'running', 20_000);
    worker.kill('SIGKILL');
    await worker.ended;
    expect(await answers(2)).toBe(false);
    await reviver.call('POST', `/recoveries/${body.id}/cancel`, {});
    worker = await reviver.start('next', ['worker']);
    await reviver.reaches(body.id, 'ROLLED_BACK', 30_000);
    expect(await answers(2)).toBe(true);
  }, 60_000);

  test('whose worker dies right when it breaks the service goes on, and nothing stays broken', async () => {
    worker.kill('SIGTERM');
    await worker.ended;
    const { body } = await reviver.call('POST', '/drills/news', {});
    await approve(body.id);
    const doomed = await reviver.start('doomed', ['worker'], { REVIVER_CRASH_POINT: 'before_commit:1' });
    expect(await doomed.ended).toBe('SIGKILL');
    expect(await answers(3)).toBe(false);
    worker = await reviver.start('after', ['worker']);
    const done = await reviver.reaches(body.id, 'SUCCEEDED', 30_000);
    expect(done.steps[1]).toMatchObject({ state: 'succeeded', attempts: 1 });
    expect(await answers(3)).toBe(true);
  }, 60_000);

  test('that waits to be approved gives way to whoever is in need', async () => {
    const { body: drill } = await reviver.call('POST', '/drills/shop', {});
    expect((await reviver.call('POST', '/drills/shop', {})).body.id).toBe(drill.id);
    const { status, body } = await reviver.call('POST', '/recover/shop', { strategy: 'restart' });
    expect(status).toBe(202);
    expect(await reviver.recovery(drill.id)).toMatchObject({
      state: 'CANCELLED',
      outcome: { code: 'drill_gave_way' },
      steps: [{ state: 'pending' }, {}, {}, {}, {}],
    });
    await reviver.reaches(body.id, 'SUCCEEDED');
  }, 60_000);

  test('is shown, and followed to its end, by the command line', async () => {
    const shown = await command('shop', '--dry-run');
    expect(shown).toMatchObject({ code: 0, said: expect.stringContaining('Break shop on purpose') });
    expect(await answers(0)).toBe(true);
    const running = command('shop');
    const id = await eventually(async () => {
      const { body } = await reviver.call('GET', '/recoveries?service=shop&state=AWAITING_APPROVAL');
      expect(body.items).toHaveLength(1);
      return body.items[0].id;
    });
    await approve(id);
    const { code, said } = await running;
    expect(said).toMatch(/noticed after [\d.]+ s\nwell again [\d.]+ s later/);
    expect(code).toBe(0);
  }, 60_000);
});

describe('the quarter', () => {
  test('asks for a drill of each service that allows it, passes over a freeze, and breaks nothing', async () => {
    await database.query(`UPDATE housekeeping SET next_at = now() WHERE name = 'drills'`);
    const result = await eventually(
      async () => {
        const [job] = await database.query(`SELECT last_outcome, result FROM housekeeping WHERE name = 'drills'`);
        expect(job).toMatchObject({ last_outcome: 'succeeded' });
        return job?.result;
      },
      { timeoutMs: 20_000 },
    );
    expect(result).toMatchObject({
      asked: [expect.stringMatching(/^shop R-/), expect.stringMatching(/^mail R-/)],
      left_out: [expect.stringContaining('news: the freeze sale holds until 2099-01-01 00:00')],
    });
    const { body } = await reviver.call('GET', '/recoveries?state=AWAITING_APPROVAL');
    expect(body.items).toHaveLength(2);
    for (const { requested_by, drill } of body.items) expect([requested_by, drill]).toEqual(['schedule', {}]);
    for (const nth of [0, 1, 2, 3]) expect(await answers(nth)).toBe(true);
    // The channel is asked, with the plan and who may approve it.
    const shown = await eventually(async () => {
      const found = await database.query(
        `SELECT card FROM console_messages WHERE card::text LIKE '%drill of this quarter%'`,
      );
      expect(found).toHaveLength(2);
      return JSON.stringify(found);
    });
    expect(shown).toContain('is stopped on purpose');
    expect(shown).toContain('Abort');
  }, 60_000);
});

describe('POST /admin/cache/warmup', () => {
  test('reads roles, the status and all rankings for an admin, again and again', async () => {
    const file = join(reviver.folder, 'tokens.json');
    const token = await createToken(file, { name: 'root', roles: ['admin'] }, new Date());
    const ask = (given: string) =>
      fetch(`http://127.0.0.1:${reviver.port}/admin/cache/warmup`, {
        method: 'POST',
        headers: { authorization: `Bearer ${given}` },
      });
    for (const _ of [1, 2]) {
      const answer = await eventually(async () => {
        const one = await ask(token);
        expect(one.status).toBe(200);
        return one.json();
      });
      expect(answer).toEqual({
        took_ms: expect.any(Number),
        warmed: [
          { what: 'roles', count: 2, took_ms: expect.any(Number) },
          { what: 'status', count: 4, took_ms: expect.any(Number) },
          { what: 'rankings', count: 4, took_ms: expect.any(Number) },
        ],
      });
    }
    expect((await ask(reviver.token('lee'))).status).toBe(403);
  }, 60_000);
});

function command(...args: string[]): Promise<{ code: number | null; said: string }> {
  const env = { PATH: process.env.PATH ?? '', REVIVER_TOKEN: reviver.token('ann') };
  const main = join(process.cwd(), 'dist', 'src', 'main.js');
  const url = ['--url', `http://127.0.0.1:${reviver.port}`];
  const child = spawn(process.execPath, [main, 'drill', ...args, ...url], { env });
  let said = '';
  for (const out of [child.stdout, child.stderr]) out.on('data', (chunk) => (said += String(chunk)));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })));
}
