import type { Command } from 'commander';

/** Adds `reviver backup list|now|verify|fetch|fetch-archive|snapshots|fetch-snapshot|restore-knowledge|restore-configuration|open`; each loads what it needs when it runs. */
export function addBackupCommands(program: Command, print: (line: string) => void): void {
  const backup = program.command('backup').description('backups: what there is, make one, prove one, bring one back');
  const desk = async () => (await import('./desk.js')).openDesk(process.env, print);

  backup
    .command('list', { isDefault: true })
    .description('what there is, how old, and whether it was proven by a restore')
    .action(async () => (await import('./list.js')).listBackups(await desk()));

  backup
    .command('now')
    .description('make backups: of everything, or of these')
    .argument('[name...]', 'names of backups, such as reviver_postgres')
    .action(async (names: string[]) => (await import('./now.js')).backUpNow(await desk(), names));

  backup
    .command('verify')
    .description('restore into a scratch server, and count: the newest of each, or these')
    .argument('[backup...]', "names of backups, or backups' ids")
    .action(async (wanted: string[]) => (await import('./verify.js')).verifyBackups(await desk(), wanted));

  backup
    .command('fetch')
    .description('bring a copy back from BACKUP_S3_URL')
    .argument('<name>', 'the name of a backup')
    .argument('[id]', 'which one (default: the newest there)')
    .action(async (name: string, id?: string) => (await import('./fetch.js')).fetchCopy(await desk(), name, id));

  backup
    .command('fetch-archive')
    .description('bring the newest base backup of Postgres and its log back from BACKUP_ARCHIVE_S3_URL')
    .option('--to <moment>', 'the newest base backup from before this moment, such as 2026-11-22T03:00:00Z')
    .action(async ({ to }: { to?: string }) => (await import('./fetch-archive.js')).fetchArchiveCopy(await desk(), to));

  backup
    .command('snapshots')
    .description('hourly snapshots of a service: those that lie here, and those in BACKUP_VOLUMES_S3_URL')
    .argument('<service>', 'the name of a service')
    .action(async (service: string) => (await import('./snapshots.js')).listSnapshots(await desk(), service));

  backup
    .command('fetch-snapshot')
    .description('bring an hourly snapshot back from BACKUP_VOLUMES_S3_URL, to where restores look')
    .argument('<service>', 'the name of a service')
    .argument('[id]', 'which one (default: the newest there)')
    .action(async (service: string, id?: string) =>
      (await import('./fetch-snapshot.js')).fetchHourly(await desk(), service, id),
    );

  backup
    .command('restore-knowledge')
    .description('put the tables of a knowledge backup in the place of those that are lost or damaged')
    .argument('[backup]', "a backup's id (default: the newest)")
    .option('--force', 'also when the knowledge base is there; it is saved first')
    .action(async (wanted: string | undefined, { force = false }: { force?: boolean }) =>
      (await import('./restore-knowledge.js')).restoreKnowledgeBase(await desk(), wanted, force),
    );

  backup
    .command('restore-configuration')
    .description('lay the exported configuration and secrets into an empty folder; needs REVIVER_SECRET_KEY alone')
    .argument('<folder>', 'a folder that is empty, or not there yet')
    .argument('[backup]', "a backup's id (default: the newest)")
    .action(async (folder: string, wanted?: string) =>
      (await import('./restore-configuration.js')).restoreConfiguration(process.env, folder, wanted, print),
    );

  backup
    .command('open')
    .description('write the data of a backup, decrypted and compared with its checksum, into a file')
    .argument('<backup>', "the name of a backup, a backup's id, or the path of its file")
    .argument('<file>', 'a file that is not there yet')
    .action(async (wanted: string, file: string) =>
      (await import('./open.js')).openBackupTo(await desk(), wanted, file),
    );
}
