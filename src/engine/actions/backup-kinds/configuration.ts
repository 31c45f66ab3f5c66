import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigurationSource } from '../../backups/configuration-source.js';
import { failureInWords } from '../../health/words.js';
import { redact } from '../../model/redact.js';
import { withOwnFolder } from '../../processes/own-folder.js';
import { packed, unpack } from '../../snapshots/sealed-folder.js';
import { ActionError } from '../action.js';
import { type BackupKind, BackupUnfit } from './kind.js';

/** Reviver's own configuration with its secrets, as a tar. Never written without encryption; the catalog sees to that. */
export const configurationBackup: BackupKind = {
  unit: 'file',

  requireAddress: () => {},

  async save(_, definition, rim, write) {
    const source = sourceOf(definition);
    return withOwnFolder(rim.dataDir, 'packing', async (folder) => {
      const items = await source.gather(folder, rim.signal);
      await write(packed(folder));
      return { items };
    });
  },

  async prove(record, _, backups, rim) {
    const source = sourceOf(backups.definition?.(record.name));
    return withOwnFolder(rim.dataDir, 'opening', async (room) => {
      const folder = join(room, 'content');
      await mkdir(folder);
      // What is not the data of the manifest says so itself, with a code of its own.
      await unpack(backups.data(record, rim.signal), folder, rim.signal);
      return source.check(folder).catch((error: unknown) => {
        rim.signal.throwIfAborted();
        const why = redact(failureInWords(error)).replaceAll(`${folder}/`, '');
        throw new BackupUnfit(`read back, it would not start: ${why}`);
      });
    });
  },

  look: async () => ({}),

  // A running Reviver has read its configuration; people put one in place before a start.
  async restore({ id }) {
    throw new ActionError(
      `Backup ${id} is Reviver's own configuration, which is laid into an empty folder by a command; nothing was touched: reviver backup restore-configuration FOLDER ${id}`,
      { code: 'not_a_service', retryable: false, untouched: true },
    );
  },

  probe: async () => ({ outcome: 'not_done', evidence: 'nothing restores a configuration in its place' }),

  present: async () => 'the configuration of this process',
};

function sourceOf(definition: { configuration?: ConfigurationSource } | undefined): ConfigurationSource {
  if (definition?.configuration) return definition.configuration;
  throw new ActionError('This program does not know the files of the configuration; nothing was done.', {
    code: 'no_configuration',
    retryable: false,
    untouched: true,
  });
}
