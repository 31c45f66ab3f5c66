import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { startPostgres } from './services/postgres.mjs';
import { createPrivateFolder } from './services/private-folder.mjs';
import { buildIfOlder } from './setup/build.mjs';
import { ROOT, setUp } from './setup.mjs';

/** Of the speed of the bare programs in the same run. */
const TARGET = 0.9;
const ROW_BYTES = 1_024;

/**
 * `npm run bench -- backup [MB]`: saves and restores a database of so many megabytes (default 1,024) by the bare pg_dump and
 * pg_restore and by Reviver, which besides encrypts, checksums, counts rows, and exchanges the databases. Two rounds each
 * way around, best of each. The exit code is 1 when a target is missed.
 */
export async function backupBench([given = '1024'] = []) {
  await setUp({ redis: false });
  await buildIfOlder(ROOT);
  const megabytes = Number(given);
  const folder = await createPrivateFolder('reviver-bench');
  const server = await startPostgres({
    dir: folder.path,
    args: ['-c', 'max_wal_size=4GB', '-c', 'shared_buffers=256MB'],
  });
  try {
    await fill(server.url, megabytes);
    const bench = await lanes(server.url, folder.path);
    const best = {};
    for (const order of [
      ['bare', 'reviver'],
      ['reviver', 'bare'],
    ])
      for (const what of ['save', 'restore'])
        for (const lane of order) {
          const ms = await timed(() => bench[lane][what]());
          await bench.tidy();
          console.log(
            `${what.padEnd(8)} ${lane.padEnd(8)} ${(ms / 1_000).toFixed(1)} s  ${(megabytes / (ms / 1_000)).toFixed(0)} MB/s`,
          );
          const key = `${what} ${lane}`;
          best[key] = Math.min(best[key] ?? Number.POSITIVE_INFINITY, ms);
        }
    await bench.close();
    const ratios = ['save', 'restore'].map((what) => [what, best[`${what} bare`] / best[`${what} reviver`]]);
    for (const [what, ratio] of ratios)
      console.log(
        `${ratio >= TARGET ? 'met   ' : 'MISSED'}  ${what} of ${megabytes} MB against the bare program  ${(ratio * 100).toFixed(0)} %  >= ${TARGET * 100} %`,
      );
    return ratios.every(([, ratio]) => ratio >= TARGET) ? 0 : 1;
  } finally {
    await server.stop();
    await folder.remove();
  }
}

/** Half of each row can be compressed, as text can. */
async function fill(url, megabytes) {
  await ask(url, 'CREATE DATABASE shop');
  const rows = Math.round((megabytes * 1_024 * 1_024) / ROW_BYTES);
  const hex = Array.from({ length: 14 }, (_, n) => `md5(n::text || '${n}')`).join(' || ');
  await ask(
    at(url, 'shop'),
    `CREATE TABLE orders AS SELECT n AS id, ${hex} AS note, repeat('a line of words ', 32) AS words FROM generate_series(1, ${rows}) n;
     ALTER TABLE orders ADD PRIMARY KEY (id); VACUUM ANALYZE orders`,
  );
}

async function lanes(url, folder) {
  const from = (path) => import(pathToFileURL(join(ROOT, 'dist', 'src', ...path)).href);
  const { createBackupCatalog } = await from(['engine', 'backups', 'catalog.js']);
  const { saveBackup } = await from(['engine', 'backups', 'save.js']);
  const { createExec } = await from(['engine', 'processes', 'exec.js']);
  const { createGuardian } = await from(['engine', 'processes', 'guardian.js']);
  const { restoreBackup } = await from(['engine', 'actions', 'restore-backup.js']);
  const { clientProgram } = await from(['engine', 'actions', 'postgres-data', 'client-programs.js']);
  const definition = { service: 'db', location: 'postgres', database: 'shop' };
  const dataDir = join(folder, 'reviver');
  await mkdir(dataDir);
  const backups = createBackupCatalog({ nightly: definition }, { dir: dataDir, secretKey: 'ab'.repeat(32) });
  const service = { name: 'db', health: [{ type: 'postgres', url }] };
  const guardian = createGuardian();
  const { signal } = new AbortController();
  let round = 0;
  let aside = 'bare';
  const context = () => {
    const runKey = `R-${++round}/0`;
    const exec = createExec(guardian)({ runKey, signal });
    return {
      signal,
      runKey,
      exec,
      dataDir,
      backups,
      log() {},
      now: () => new Date(),
      service: () => service,
      aside: `shop_before_r_${round}_0`,
    };
  };
  const [dump, restore] = [
    await clientProgram('pg_dump', 15, context()),
    await clientProgram('pg_restore', 15, context()),
  ];
  const password = decodeURIComponent(new URL(url).password);
  const bare = async (...command) => {
    const { exitCode, stderr } = await context().exec(command, { env: { PGPASSWORD: password } });
    if (exitCode !== 0) throw new Error(`${command[0]}: ${stderr}`);
  };
  const file = join(folder, 'bare.dump');
  return {
    bare: {
      save: () =>
        rm(file, { force: true }).then(() => bare(dump, '--format=custom', `--file=${file}`, at(url, 'shop'))),
      async restore() {
        await ask(url, 'CREATE DATABASE bare');
        await bare(restore, `--dbname=${at(url, 'bare')}`, file);
      },
    },
    reviver: {
      save: () => saveBackup('nightly', definition, service, backups, context()),
      async restore() {
        const ctx = context();
        await restoreBackup.run({ backup: 'nightly' }, ctx, {});
        aside = ctx.aside;
      },
    },
    /** Dropping a database writes all that is in memory to the disk: it belongs to no lane. */
    async tidy() {
      for (const name of ['bare', aside]) await ask(url, `DROP DATABASE IF EXISTS ${name}`);
      await ask(url, 'CHECKPOINT');
    },
    close: () => guardian.close(),
  };
}

async function timed(work) {
  const beganAt = performance.now();
  await work();
  return performance.now() - beganAt;
}

function at(url, database) {
  return url.replace(/\/[^/]*$/, `/${database}`);
}

async function ask(url, text) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const one of text.split(';')) await client.query(one);
  } finally {
    await client.end();
  }
}
