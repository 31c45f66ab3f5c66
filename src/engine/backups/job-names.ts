/** The jobs that make backups, and then their copies elsewhere: what `backup now` asks for. */
export const BACKUP_JOBS: readonly string[] = [
  'backup_postgres',
  'backup_redis',
  'backup_knowledge',
  'backup_configuration',
  'backup_upload',
  'backup_mirror',
  'backup_volumes',
  'backup_volumes_verify',
  'backup_volumes_upload',
];
