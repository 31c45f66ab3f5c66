import { readEnvironment } from '../../config/environment.js';
import { createDataSource } from '../../store/data-source.js';
import { explained } from '../../store/query.js';
import { migrate } from '../open-store.js';

export async function migrateCommand({ down, print }: { down: boolean; print(line: string): void }): Promise<void> {
  const environment = readEnvironment(process.env, ['DATABASE_URL']);
  const source = createDataSource(environment.DATABASE_URL?.reveal() ?? '', { connections: 2, timeLimits: false });
  try {
    await source.initialize();
    if (down) {
      await source.undoLastMigration({ transaction: 'all' });
      print('The last migration is reverted.');
      return;
    }
    const ran = await migrate(source);
    print(ran.length > 0 ? `Migrated: ${ran.join(', ')}.` : 'The schema is up to date.');
  } catch (error) {
    throw explained(error);
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}
