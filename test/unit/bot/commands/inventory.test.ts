import { expect, test } from '@jest/globals';
import { runCommand } from '../../../../src/bot/commands/run-command.js';
import type { Language } from '../../../../src/bot/port.js';
import { commandContext } from '../../../support/command-context.js';
import { createFakeEngine, type FakeEngine } from '../../../support/fake-engine.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const ago = (ms: number) => new Date(+NOW - ms);

async function asked(text: string, prepare: (engine: FakeEngine) => void, language: Language = 'en') {
  const engine = createFakeEngine();
  prepare(engine);
  const { card } = await runCommand(
    text,
    commandContext(engine, { name: 'Vera', roles: ['viewer'], language, now: NOW }),
  );
  return [card?.title, ...(card?.lines ?? []), ...(card?.footer ?? [])];
}

const worker = {
  id: 'w1',
  host: 'node-2',
  pid: 4711,
  startedAt: '1',
  pools: ['default'],
  version: '0.1.0',
  beatAt: ago(1_000),
  running: 2,
};

const withWorkers = (workers: (typeof worker)[]) => (engine: FakeEngine) => {
  const { status } = engine;
  engine.status = async () => ({ ...(await status()), workers, pools: ['default', 'db-hosts'] });
};

test('workers says who is alive, and which pool nobody serves', async () => {
  expect(await asked('workers', withWorkers([worker]))).toEqual([
    '1 worker is alive',
    'node-2, pid 4711 · pools default · 2 running · version 0.1.0 · heard 1 s ago',
    'No live worker serves db-hosts: steps for it wait. Start one: reviver worker --pool db-hosts',
  ]);
  expect(await asked('workers', withWorkers([]), 'ru')).toEqual([
    'Живых воркеров нет, ничего не выполняется. Запустите: reviver worker',
  ]);
});

const kept = {
  id: '20261122T115500-ab12cd',
  service: 'redis',
  runtime: 'docker',
  by: 'R-12/0',
  createdAt: ago(300_000),
  parts: ['runtime' as const],
  contents: ['container redis of redis:7', 'volume /data, 12.4 MB'],
  facts: {},
  sha256: '0',
  bytes: 12_400_000,
};

test('snapshots says what is kept, and what of it is damaged', async () => {
  const prepare = (engine: FakeEngine) => {
    const proof = { outcome: 'restored' as const, detail: 'all of it', at: kept.createdAt, durationMs: 3_000 };
    engine.snapshots = async () => ({
      items: [
        { ...kept, by: 'clock/2026-11-22T11', proof },
        kept,
        { ...kept, id: 'older', damaged: 'its data file is missing' },
      ],
    });
  };
  expect(await asked('snapshots redis', prepare)).toEqual([
    '3 snapshots of redis, the newest first',
    '20261122T115500-ab12cd · 5 min ago · clock/2026-11-22T11 · 12.4 MB · container redis of redis:7; volume /data, 12.4 MB · proven: restored and compared in 3 s',
    '20261122T115500-ab12cd · 5 min ago · R-12/0 · 12.4 MB · container redis of redis:7; volume /data, 12.4 MB',
    'older · 5 min ago · R-12/0 · 12.4 MB · damaged: its data file is missing',
    '`/recover redis --strategy rollback` brings back the newest whole one that no restore has kept.',
  ]);
  expect(await asked('snapshots redis', () => {})).toEqual([
    'No snapshot of redis is kept. A step with "snapshot: true", or take_snapshot, makes one.',
  ]);
});

test('snapshots tells of what lies in the bucket alone, and of a bucket that does not answer', async () => {
  const lost = (engine: FakeEngine) => {
    engine.snapshots = async () => ({ items: [{ ...kept, elsewhere: true }] });
  };
  expect(await asked('snapshots redis', lost)).toEqual([
    '1 snapshot of redis, the newest first',
    '20261122T115500-ab12cd · 5 min ago · R-12/0 · 12.4 MB · container redis of redis:7; volume /data, 12.4 MB · in the bucket alone',
    "Those in the bucket alone come back to where restores look by `reviver backup fetch-snapshot redis`, at a shell of the worker's node.",
  ]);
  const away = (engine: FakeEngine) => {
    engine.snapshots = async () => ({ items: [], unasked: 'no end after 5000 ms' });
  };
  expect(await asked('snapshots redis', away)).toEqual([
    'No snapshot of redis is kept. A step with "snapshot: true", or take_snapshot, makes one.',
    'The bucket could not be asked, so what lies there alone is not in this list: no end after 5000 ms.',
  ]);
});

const record = {
  id: '20261122T040000-ab12',
  name: 'reviver_postgres',
  service: 'reviver_postgres',
  kind: 'postgres' as const,
  file: '/backups/x.dump.age',
  sha256: '0',
  bytes: 20_000_000,
  sealed: { sha256: '1', bytes: 12_400_000 },
  items: 1_204,
  createdAt: ago(8 * 3_600_000),
  proof: { outcome: 'restored' as const, detail: '1,204 rows in 12 tables', at: ago(7 * 3_600_000), durationMs: 4_000 },
};
const redisJob = {
  name: 'backup_redis',
  cron: '15 4 * * *',
  timeZone: 'UTC',
  nextAt: ago(-2 * 3_600_000),
  running: null,
  last: {
    outcome: 'failed' as const,
    at: ago(60_000),
    durationMs: 10,
    detail: 'connection refused. No backup was made.',
  },
  lastSuccessAt: null,
  result: null,
};

test('backup says what would be lost, whether it was proven, and what failed', async () => {
  const prepare = (engine: FakeEngine) => {
    engine.backups = async () => [
      { name: 'reviver_postgres', newest: record, count: 30, damaged: ['older'], jobs: [redisJob] },
      { name: 'reviver_redis', count: 0, damaged: [], jobs: [redisJob] },
    ];
  };
  expect(await asked('backup', prepare)).toEqual([
    'Backups: the newest of each of 2 names',
    'reviver_postgres · 8 h old: what was written since is not in it · 12.4 MB · 30 kept · proven: restored and counted in 4 s · damaged: older',
    'reviver_redis · none yet',
    'backup_redis failed 1 min ago: connection refused. No backup was made.',
    'The next one comes in 2 h.',
  ]);
  expect((await asked('backup', prepare, 'ru'))[1]).toContain('проверена: восстановлена и пересчитана');
});

test('backup now asks for them, and another word is told what there is', async () => {
  const asks: string[] = [];
  const prepare = (engine: FakeEngine) => {
    engine.backUp = async ({ name }) => void asks.push(name);
  };
  expect(await asked('backup now', prepare)).toEqual([
    'Backups are being made. `/recover backup` shows them when they are there.',
  ]);
  expect(asks).toEqual(['Vera']);
});
