import type { Check } from './finding.js';
import type { Patient } from './patient.js';

export function checkEnvironment({ problems }: Patient): Check {
  return async () => {
    if (problems.length === 0) return [{ state: 'ok', about: 'environment', what: 'all variables are well formed' }];
    const mend = 'Set it in the environment or in .env; .env.example has them all.';
    return problems.map((what) => ({ state: 'broken', about: 'environment', what, mend }));
  };
}

export function checkConfig({ config, configError }: Patient): Check {
  return async () => {
    if (!config) {
      const what = configError ?? 'cannot be read';
      return [
        {
          state: 'broken',
          about: 'config',
          what,
          mend: 'Change these lines; config/reviver.yaml of the repository is an example.',
        },
      ];
    }
    const { services, people, warnings } = config;
    const what = `${config.file}: ${plural(services.length, 'service')}, ${plural(people.length, 'person', 'people')}`;
    const mend = 'Write it as it is read, with the health section.';
    return [
      { state: 'ok', about: 'config', what },
      ...warnings.map((warning) => ({ state: 'warning' as const, about: 'config', what: warning, mend })),
    ];
  };
}

export function checkSecretKey({ environment, problems }: Patient): Check {
  return async () => {
    const about = 'secret key';
    if (environment.REVIVER_SECRET_KEY) return [{ state: 'ok', about, what: '64 hex digits' }];
    if (problems.some((problem) => problem.startsWith('REVIVER_SECRET_KEY'))) return [];
    const mend = 'Set REVIVER_SECRET_KEY to what "openssl rand -hex 32" prints, the same on every node.';
    return [{ state: 'warning', about, what: 'REVIVER_SECRET_KEY is not set', mend }];
  };
}

/** The server writes the log, and a restore without Reviver reads it: both know no key. */
export function checkArchive({ environment }: Patient): Check {
  return async () => {
    const about = 'archive';
    const { BACKUP_WAL_DIR: wal, BACKUP_BASE_DIR: base, BACKUP_ARCHIVE_S3_URL: copies } = environment;
    if (wal === undefined) return [];
    const what = `base backups and the log lie in ${base ?? 'REVIVER_DATA/backups/base'} and ${wal}, not encrypted`;
    const mend =
      'Put both on an encrypted disk that only the server and Reviver can read; their copies in a store are encrypted.';
    const alone = { what: 'BACKUP_ARCHIVE_S3_URL is not set: base backups and the log lie here alone' };
    return [
      { state: 'warning', about, what, mend },
      ...(copies
        ? []
        : [{ state: 'warning' as const, about, ...alone, mend: 'Set it to a bucket on another machine.' }]),
    ];
  };
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
