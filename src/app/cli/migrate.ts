import { readEnvironment } from '../../config/environment.js';
import { tlsExplained } from '../../store/certificate.js';
import { createDataSource } from '../../store/data-source.js';
import { refuseTransactionPooling } from '../../store/pooler.js';
import { explained } from '../../store/query.js';
import { migrate } from '../open-store.js';

export async function migrateCommand({ down, print }: { down: boolean; print(line: string): void }): Promise<void> {
  const url = readEnvironment(process.env, ['DATABASE_URL']).DATABASE_URL?.reveal() ?? '';
  try {
    await refuseTransactionPooling(url, 'reviver migrate');
    if (down) return await revert(url, print);
    const ran = await migrate(url, 'reviver migrate');
    print(ran.length > 0 ? `Migrated: ${ran.join(', ')}.` : 'The schema is up to date.');
  } catch (error) {
    throw tlsExplained(explained(error));
  }
}

async function revert(url: string, print: (line: string) => void): Promise<void> {
  const source = await createDataSource(url, { connections: 2, timeLimits: false }).initialize();
  try {
    await source.undoLastMigration({ transaction: 'all' });
    print('The last migration is reverted.');
  } finally {
    await source.destroy();
  }
}
