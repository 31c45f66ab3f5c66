import type { ConfigurationSource } from '../../engine/backups/configuration-source.js';
import { type ConfigurationFiles, gatherConfiguration } from './gather.js';
import { readBack } from './read-back.js';

/** The configuration that this process was started with. */
export function configurationSource(files: ConfigurationFiles): ConfigurationSource {
  return { gather: (folder, signal) => gatherConfiguration(files, folder, signal), check: readBack };
}
