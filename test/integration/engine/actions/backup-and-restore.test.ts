import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ActionError } from '../../../../src/engine/actions/action.js';
import { createBackup } from '../../../../src/engine/actions/create-backup.js';
import { readJournal, writeJournal } from '../../../../src/engine/actions/redis-data/journal.js';
import { restoreBackup } from '../../../../src/engine/actions/restore-backup.js';
import { restorePrevious } from '../../../../src/engine/actions/restore-previous.js';
import { sha256Of } from '../../../../src/engine/backups/sha256.js';
import { withRedis } from '../../../../src/engine/health/redis-session.js';
import { createRedisPatient, type RedisPatient } from './redis-patient.js';

const backup = { backup: 'redis_backup' };
const open: RedisPatient[] = [];
afterEach(async () => {
  for (const patient of open.splice(0)) await patient.remove();
});

/** A Redis whose 1,204 keys were backed up, and that has `now` keys since; it runs. */
async function patientWithBackup(args: string[] = [], now = 1250): Promise<RedisPatient> {
  const patient = await createRedisPatient(args);
  open.push(patient);
  await patient.up();
  await patient.fill(1204);
  await createBackup.run({ name: 'redis_backup' }, patient.context(), {});
  await patient.fill(now);
  return patient;
}

async function saveAndStop(patient: RedisPatient): Promise<void> {
  await withRedis(patient.url, new AbortController().signal, (redis) => redis.save());
  await patient.down();
}

const dump = (patient: RedisPatient) => join(patient.folder, 'dump.rdb');
const asideOf = (patient: RedisPatient) => join(patient.folder, 'reviver-aside', 'R-1_0');

async function lookAndRun(patient: RedisPatient, runKey = 'R-1/0') {
  const ctx = patient.context({ runKey });
  const before = (await restoreBackup.look?.(backup, ctx)) ?? {};
  return { before, ctx, result: await restoreBackup.run(backup, ctx, before) };
}

describe('create_backup', () => {
  test('keeps the data of a running Redis, with its number of keys', async () => {
    const patient = await patientWithBackup();
    const [record] = await patient.backups.list('redis_backup');
    expect(record).toMatchObject({ items: 1204, service: 'redis', kind: 'redis' });
    expect((await readFile(record?.file ?? '')).subarray(0, 5).toString()).toBe('REDIS');
    expect(await createBackup.run({ name: 'redis_backup' }, patient.context(), {})).toMatchObject({
      summary: '1,250 keys',
      keys: 1250,
    });
    expect(await patient.backups.list('redis_backup')).toHaveLength(2);
  });

  test('knows whether it was made', async () => {
    const patient = await patientWithBackup();
    const ctx = patient.context();
    const input = { name: 'redis_backup' };
    const before = (await createBackup.look?.(input, ctx)) ?? {};
    expect(await createBackup.probe?.(input, before, ctx)).toMatchObject({ outcome: 'not_done' });
    await createBackup.run(input, ctx, before);
    expect(await createBackup.probe?.(input, before, ctx)).toMatchObject({
      outcome: 'done',
      result: { summary: '1,250 keys' },
    });
    expect(await createBackup.probe?.(input, {}, ctx)).toMatchObject({ outcome: 'unknown' });
  });

  test('counts the keys of all databases, and saves beside an append-only file', async () => {
    const patient = await patientWithBackup(['--appendonly', 'yes']);
    await withRedis(`${patient.url}/3`, new AbortController().signal, (redis) => redis.set('other', '1'));
    expect(await createBackup.run({ name: 'redis_backup' }, patient.context(), {})).toMatchObject({ keys: 1251 });
  });

  test('of a Redis that is down, or that cannot save, makes none', async () => {
    const patient = await patientWithBackup();
    await rm(patient.folder, { recursive: true });
    await expect(createBackup.run({ name: 'redis_backup' }, patient.context(), {})).rejects.toThrow(
      /its save failed; no backup was made/,
    );
    await patient.down();
    await expect(createBackup.run({ name: 'redis_backup' }, patient.context(), {})).rejects.toThrow(
      'redis could not save its data: connection refused. No backup was made.',
    );
    expect(await patient.backups.list('redis_backup')).toHaveLength(1);
  });

  test('needs a redis check, which has the address', async () => {
    const patient = await patientWithBackup();
    const ctx = patient.context({ service: () => ({ ...patient.service, health: [] }) });
    await expect(createBackup.run({ name: 'redis_backup' }, ctx, {})).rejects.toThrow(
      /redis has no redis health check/,
    );
  });

  test('of an unknown name says which are known', async () => {
    const { backups } = await patientWithBackup();
    expect(() => createBackup.services({ name: 'redis_bakup' }, backups)).toThrow(
      'No backup "redis_bakup". Did you mean redis_backup?',
    );
    expect(() => restoreBackup.services({ backup: 'weekly' }, backups)).toThrow(
      'No backup "weekly". Did you mean redis_backup?',
    );
  });
});

describe('restore_backup', () => {
  test('brings a Redis back that was killed and whose dump was damaged', async () => {
    const patient = await patientWithBackup();
    const { facts } = await patient.runtime.status();
    process.kill(Number(facts.pid), 'SIGKILL');
    await patient.down();
    await writeFile(dump(patient), 'damaged');
    await expect(patient.runtime.start(new AbortController().signal)).rejects.toThrow(/redis ended at once/);

    const { result } = await lookAndRun(patient);
    expect(result).toMatchObject({ summary: '1,204 keys', keys: 1204 });
    await patient.up();
    expect(await patient.keys()).toBe(1204);
    expect(await readFile(join(asideOf(patient), 'dump.rdb'), 'utf8')).toBe('damaged');
  });

  test('knows whether it happened', async () => {
    const patient = await patientWithBackup();
    await saveAndStop(patient);
    const ctx = patient.context();
    const before = (await restoreBackup.look?.(backup, ctx)) ?? {};
    const probe = async () => (await restoreBackup.probe?.(backup, before, ctx))?.outcome;
    expect(await probe()).toBe('not_done');
    await restoreBackup.run(backup, ctx, before);
    expect(await restoreBackup.probe?.(backup, before, ctx)).toMatchObject({
      outcome: 'done',
      result: { summary: '1,204 keys' },
    });
    await writeFile(dump(patient), 'something else');
    expect(await probe()).toBe('unknown');
    await rm(dump(patient));
    expect(await probe()).toBe('unknown');
    expect(await restoreBackup.probe?.(backup, {}, patient.context({ runKey: 'R-2/0' }))).toMatchObject({
      outcome: 'unknown',
    });
  });

  test('is not fooled when the data was the same as the backup before', async () => {
    const patient = await patientWithBackup();
    await patient.down();
    await writeFile(dump(patient), await readFile((await patient.backups.list('redis_backup'))[0]?.file ?? ''));
    const ctx = patient.context();
    const before = (await restoreBackup.look?.(backup, ctx)) ?? {};
    expect(await restoreBackup.probe?.(backup, before, ctx)).toMatchObject({ outcome: 'not_done' });
    await restoreBackup.run(backup, ctx, before);
    expect(await restoreBackup.probe?.(backup, before, ctx)).toMatchObject({ outcome: 'done' });
  });

  test('of a service without data is not done until the dump is there', async () => {
    const patient = await patientWithBackup();
    await patient.down();
    await rm(dump(patient));
    const ctx = patient.context();
    const before = (await restoreBackup.look?.(backup, ctx)) ?? {};
    expect(await restoreBackup.probe?.(backup, before, ctx)).toMatchObject({ outcome: 'not_done' });
    await restoreBackup.run(backup, ctx, before);
    expect(await restoreBackup.probe?.(backup, before, ctx)).toMatchObject({ outcome: 'done' });
  });

  test('refuses while the service runs, and while anything answers at its address', async () => {
    const patient = await patientWithBackup();
    const running = await restoreBackup.run(backup, patient.context(), {}).catch((error: unknown) => error);
    expect(running).toBeInstanceOf(ActionError);
    expect(String(running)).toMatch(/redis still runs \(pid \d+\): stop it first\. Nothing was touched\./);
    const stopped = {
      ...patient.runtime,
      status: async () => ({ status: 'stopped', instance: null, summary: 'not running', facts: {} }) as const,
    };
    const strange = restoreBackup.run(backup, patient.context({ runtime: () => stopped }), {});
    await expect(strange).rejects.toThrow(/Something still answers at the address of redis/);
    expect(await patient.keys()).toBe(1250);
  });

  test('refuses a damaged backup before it touches anything, and names the good ones', async () => {
    const patient = await patientWithBackup();
    await createBackup.run({ name: 'redis_backup' }, patient.context(), {});
    await saveAndStop(patient);
    const [newest, older] = await patient.backups.list('redis_backup');
    const bytes = await readFile(newest?.file ?? '');
    bytes[100] = (bytes[100] ?? 0) ^ 0xff;
    await writeFile(newest?.file ?? '', bytes);
    const untouched = await sha256Of(dump(patient));
    await expect(lookAndRun(patient)).rejects.toThrow(
      `Backup ${newest?.id} is damaged (its checksum does not match); nothing was touched. Older good ones: ${older?.id}; name one of them as backup.`,
    );
    expect(await sha256Of(dump(patient))).toBe(untouched);
    expect(await readdir(patient.folder)).not.toContain('reviver-aside');

    await rm(newest?.file ?? '');
    await expect(lookAndRun(patient)).rejects.toThrow(
      `Backup ${newest?.id} is damaged (its data file is missing); nothing was touched.`,
    );
    const chosen = await restoreBackup.run({ backup: older?.id ?? '' }, patient.context(), {});
    expect(chosen).toMatchObject({ summary: '1,204 keys', backup: older?.id });
    expect(
      await restoreBackup.run({ backup: older?.file ?? '' }, patient.context({ runKey: 'R-2/0' }), {}),
    ).toMatchObject({ backup: older?.id });
  });

  test('without any backup says so', async () => {
    const patient = await patientWithBackup();
    await patient.down();
    await rm(join(patient.folder, '..', 'backups'), { recursive: true });
    await expect(lookAndRun(patient)).rejects.toThrow(
      'There is no complete backup redis_backup yet; nothing was touched.',
    );
  });

  test('restores on a retry what it was to restore at first, not a newer backup', async () => {
    const patient = await patientWithBackup();
    const ctx = patient.context();
    const before = (await restoreBackup.look?.(backup, ctx)) ?? {};
    await createBackup.run({ name: 'redis_backup' }, ctx, {});
    await patient.down();
    expect(await restoreBackup.run(backup, ctx, before)).toMatchObject({ keys: 1204 });
  });

  test('says before what it would do, and does nothing', async () => {
    const patient = await patientWithBackup();
    const [record] = await patient.backups.list('redis_backup');
    const now = () => new Date((record?.createdAt.getTime() ?? 0) + 11 * 60_000);
    const time = record?.createdAt.toISOString().slice(0, 16).replace('T', ' ');
    expect(await restoreBackup.preview?.(backup, patient.context({ now }))).toBe(
      `would replace dump.rdb (1,250 keys) by backup of ${time} UTC, 1,204 keys, never restored for a test; what was written in the 11 min since then would not be in it`,
    );
    await saveAndStop(patient);
    expect(await restoreBackup.preview?.(backup, patient.context({ now }))).toMatch(
      /dump\.rdb \([\d,]+ bytes\) by backup/,
    );
    expect(await readdir(patient.folder)).toEqual(['dump.rdb']);
  });
});

describe('a Redis with append-only files', () => {
  test('gets the data of the backup, not an empty dataset and not its old data', async () => {
    const patient = await patientWithBackup(['--appendonly', 'yes']);
    await patient.down();
    await lookAndRun(patient);
    await patient.up();
    expect(await patient.keys()).toBe(1204);
    await patient.fill(5, 'new');
    await patient.down();
    await patient.up();
    expect(await patient.keys()).toBe(1209);
    expect(await readdir(join(asideOf(patient)))).toEqual(expect.arrayContaining(['aside.json', 'appendonlydir']));
  });

  test('gets it also when its files were lost', async () => {
    const patient = await patientWithBackup(['--appendonly', 'yes']);
    await patient.down();
    await rm(join(patient.folder, 'appendonlydir'), { recursive: true });
    await lookAndRun(patient);
    await patient.up();
    expect(await patient.keys()).toBe(1204);
  });

  test('gets it also in the one file of older versions', async () => {
    const patient = await patientWithBackup(['--appendonly', 'yes']);
    await patient.down();
    await rm(join(patient.folder, 'appendonlydir'), { recursive: true });
    await writeFile(join(patient.folder, 'appendonly.aof'), '');
    await lookAndRun(patient);
    await patient.up();
    expect(await patient.keys()).toBe(1204);
  });

  test('has its old data back after a rollback', async () => {
    const patient = await patientWithBackup(['--appendonly', 'yes']);
    await patient.down();
    const { before, ctx } = await lookAndRun(patient);
    await patient.up();
    await patient.down();
    const undo = restoreBackup.inverse?.(backup, before);
    expect(undo).toEqual({ action: 'restore_previous', input: { service: 'redis', aside: 'R-1_0' } });
    await restorePrevious.run(undo?.input ?? {}, ctx, {});
    await patient.up();
    expect(await patient.keys()).toBe(1250);
  });
});

describe('restore_previous', () => {
  const undo = { service: 'redis', aside: 'R-1_0' };

  test('puts back exactly what was there, once', async () => {
    const patient = await patientWithBackup();
    await saveAndStop(patient);
    const original = await sha256Of(dump(patient));
    const { ctx } = await lookAndRun(patient);
    expect(await restorePrevious.probe?.(undo, {}, ctx)).toMatchObject({ outcome: 'not_done' });
    expect(await restorePrevious.run(undo, ctx, {})).toMatchObject({ summary: 'put back dump.rdb' });
    expect(await sha256Of(dump(patient))).toBe(original);
    expect(await restorePrevious.probe?.(undo, {}, ctx)).toMatchObject({ outcome: 'done' });
    await writeFile(dump(patient), 'written since');
    expect(await restorePrevious.run(undo, ctx, {})).toEqual({ summary: 'put back before' });
    expect(await readFile(dump(patient), 'utf8')).toBe('written since');
  });

  test('leaves no data where there was none', async () => {
    const patient = await patientWithBackup();
    await patient.down();
    await rm(dump(patient));
    const { ctx } = await lookAndRun(patient);
    expect(await restorePrevious.run(undo, ctx, {})).toMatchObject({ summary: 'as before: no data' });
    expect(await readdir(patient.folder)).toEqual(['reviver-aside']);
  });

  test('has nothing to do where nothing was set aside, and refuses while the service runs', async () => {
    const patient = await patientWithBackup();
    const ctx = patient.context();
    expect(await restorePrevious.run(undo, ctx, {})).toEqual({ summary: 'nothing had been set aside' });
    expect(await restorePrevious.probe?.(undo, {}, ctx)).toMatchObject({ outcome: 'done' });
    await saveAndStop(patient);
    await lookAndRun(patient);
    await patient.up();
    await expect(restorePrevious.run(undo, ctx, {})).rejects.toThrow(/redis still runs/);
  });

  test('lets the same step be done anew afterwards', async () => {
    const patient = await patientWithBackup();
    await saveAndStop(patient);
    const original = await sha256Of(dump(patient));
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const { ctx } = await lookAndRun(patient);
      expect(await sha256Of(dump(patient))).not.toBe(original);
      await restorePrevious.run(undo, ctx, {});
      expect(await sha256Of(dump(patient))).toBe(original);
    }
  });
});

describe('a restore that was cut off', () => {
  /** The moments between two of its effects, made by hand. */
  const CUTS: Record<string, (patient: RedisPatient) => Promise<void>> = {
    'after the journal': async (patient) => {
      await lookAndRun(patient);
      const aside = asideOf(patient);
      const journal = await readJournal(aside);
      await rm(dump(patient));
      await rm(join(patient.folder, 'appendonlydir'), { recursive: true });
      for (const name of journal?.had ?? []) await rename(join(aside, name), join(patient.folder, name));
      if (journal) await writeJournal(aside, { ...journal, state: 'setting_aside' });
    },
    'after one of the files was set aside': async (patient) => {
      await CUTS['after the journal']?.(patient);
      await rename(dump(patient), join(asideOf(patient), 'dump.rdb'));
    },
    'before the dump was put in place': async (patient) => {
      await lookAndRun(patient);
      const journal = await readJournal(asideOf(patient));
      await rm(dump(patient));
      if (journal) await writeJournal(asideOf(patient), { ...journal, state: 'setting_aside' });
    },
    'before the journal was closed': async (patient) => {
      await lookAndRun(patient);
      const journal = await readJournal(asideOf(patient));
      if (journal) await writeJournal(asideOf(patient), { ...journal, state: 'setting_aside' });
    },
  };

  describe.each(Object.entries(CUTS))('%s', (name, cut) => {
    async function cutOff() {
      const patient = await patientWithBackup(['--appendonly', 'yes']);
      await saveAndStop(patient);
      const before = (await restoreBackup.look?.(backup, patient.context())) ?? {};
      await cut(patient);
      return { patient, before, ctx: patient.context() };
    }

    test('goes on when it is repeated', async () => {
      const { patient, before, ctx } = await cutOff();
      const expected = name === 'before the journal was closed' ? 'done' : 'not_done';
      expect(await restoreBackup.probe?.(backup, before, ctx)).toMatchObject({ outcome: expected });
      await restoreBackup.run(backup, ctx, before);
      await patient.up();
      expect(await patient.keys()).toBe(1204);
    });

    test('can be taken back', async () => {
      const { patient, ctx } = await cutOff();
      await restorePrevious.run({ service: 'redis', aside: 'R-1_0' }, ctx, {});
      await patient.up();
      expect(await patient.keys()).toBe(1250);
    });
  });
});
