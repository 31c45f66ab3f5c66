import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { eventually, withDatabase, withRedis } from '../../support/index.js';
import { startTrial, type Trial } from '../../support/runbook-trial.js';

const database = withDatabase();
const redis = withRedis();
let trial: Trial;
let reader: Client;

const SLOW = `touch began; while [ ! -e go ]; do sleep 0.1; done`;
const restore = (more: { params?: Record<string, string> } = {}) =>
  trial.run({
    service: 'brain',
    runbook: 'knowledge_restore_from_backup',
    fault: 'the knowledge base was lost',
    brokenAt: performance.now(),
    ...more,
  });
/** Backups, the oldest first. */
async function kept(): Promise<string[]> {
  const folder = join(trial.reviver.folder, 'data', 'backups', 'knowledge', 'knowledge_backup');
  const files = await readdir(folder);
  return files.flatMap((file) => (file.endsWith('.json') ? [basename(file, '.json')] : [])).sort();
}
const restoring = () =>
  database.query(
    `SELECT wait_event_type AS waits FROM pg_stat_activity WHERE query ~ '^(DROP|ALTER) ' AND datname = current_database() AND state = 'active'`,
  );
const notes = async () => (await database.query(`SELECT count(*)::int AS n FROM knowledge WHERE kind = 'note'`))[0]?.n;

beforeAll(async () => {
  reader = new Client({ connectionString: database.url });
  // Its database goes at the end.
  reader.on('error', () => {});
  await reader.connect();
  trial = await startTrial({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: `  - { name: other, runtime: process, process: { command: ["true"], cwd: . } }
  - name: brain
    runtime: process
    process: { command: ["true"], cwd: . }
    health: [{ type: postgres, url: "${database.url}", interval: 1h, timeout: 4s }]`,
    more: `backups: { knowledge_backup: { service: brain, location: knowledge } }
templates:
  - { id: keep, steps: ["create_backup: knowledge_backup"] }
  - id: slow
    steps: [{ action: run_command, with: { command: [sh, -c, "cd $0; ${SLOW}", "{{ params.folder }}"] }, rollback: none }]
    params: { folder: { type: string, default: "" } }`,
  });
  await database.query(
    `INSERT INTO knowledge (kind, source, body, at) SELECT 'note', 'note ' || n, 'what was learned', now() FROM generate_series(1, 200) n`,
  );
  const kept = await trial.run({ service: 'brain', runbook: 'keep', brokenAt: performance.now() });
  expect(kept).toMatchObject({ state: 'SUCCEEDED' });
}, 90_000);

afterAll(() => reader.end());

describe('knowledge_restore_from_backup', () => {
  test('says before what is there, what would come, whether it was proven, and what would be lost', async () => {
    await database.query(`DELETE FROM knowledge WHERE source > 'note 5'`);
    const plan = await trial.plan({ service: 'brain', runbook: 'knowledge_restore_from_backup' });
    const said = JSON.stringify(plan);
    expect(said).toMatch(
      /would replace the knowledge base \([\d,]+ rows?\) by backup of \d{4}-.* never restored for a test/,
    );
    expect(said).toMatch(/what was written in the .* since then would not be in it/);
    expect(await notes()).toBeLessThan(200);
  });

  test('brings rows back that were deleted, with an approval, and keeps what was there', async () => {
    const before = Number(await notes());
    const outcome = await restore();
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', firstAttempt: true, asked: [null] });
    expect(await notes()).toBe(200);
    // What was there is the newest backup now, and can be put back by its id.
    const [, kept] = outcome.view.steps[0].summary.match(/([\d,]+) rows?/) ?? [];
    expect(Number(kept?.replaceAll(',', ''))).toBeGreaterThanOrEqual(before);
  }, 60_000);

  test('without its tables nothing is planned, which is said; what runs ends when a command has brought them back', async () => {
    const { call, folder, shell } = trial.reviver;
    const slow = trial.run({ service: 'brain', runbook: 'slow', params: { folder }, brokenAt: performance.now() });
    await eventually(() => existsSync(join(folder, 'began')));
    await database.query('DROP TABLE knowledge CASCADE');
    await writeFile(join(folder, 'go'), '');
    const { status, body } = await call('POST', '/recover/other', { runbook: 'slow' });
    expect(status).toBe(503);
    expect(body.detail).toContain(
      `Reviver's database is damaged (relation "knowledge" does not exist); this was not done. "reviver backup restore-knowledge" brings`,
    );
    const [first = ''] = await kept();
    const restored = await shell(['backup', 'restore-knowledge', first], 'ann', {
      REVIVER_SECRET_KEY: '11'.repeat(32),
    });
    expect(restored).toMatchObject({ code: 0 });
    expect(await notes()).toBe(200);
    const { state, id } = await slow;
    expect(state).toBe('SUCCEEDED');
    // What ended while there was no place for it is counted.
    const outcomes = await database.query(`SELECT FROM knowledge WHERE recovery_id = $1`, [Number(id.slice(2))]);
    expect(outcomes).toHaveLength(1);
  }, 120_000);

  test('goes on where a worker was killed while it restored; until then nothing was changed', async () => {
    await database.query('DELETE FROM knowledge');
    const [first = ''] = await kept();
    // Whoever reads the knowledge base keeps it from being replaced.
    await reader.query('BEGIN; SELECT FROM knowledge LIMIT 1');
    const running = restore({ params: { backup: first } });
    await eventually(async () => expect(await restoring()).toEqual([{ waits: 'Lock' }]), { timeoutMs: 30_000 });
    for (const { pid } of await database.query('SELECT pid FROM workers')) process.kill(Number(pid), 'SIGKILL');
    await reader.query('ROLLBACK');
    await eventually(async () => expect(await restoring()).toEqual([]));
    expect(await notes()).toBe(0);
    await trial.reviver.start('second worker', ['worker'], { REVIVER_SECRET_KEY: '11'.repeat(32) });
    expect(await running).toMatchObject({ state: 'SUCCEEDED' });
    expect(await notes()).toBe(200);
  }, 120_000);
});
