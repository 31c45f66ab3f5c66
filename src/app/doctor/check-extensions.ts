import { loadExtensions } from '../extensions/load.js';
import type { Check } from './finding.js';
import type { Patient } from './patient.js';
import { reasonOf } from './reason.js';

const about = 'extensions';

/** Loads them as a start does. Says nothing where none is configured. */
export function checkExtensions({ config, runbooks: load }: Patient): Check {
  return async () => {
    if (!config || config.extensions.length === 0) return [];
    const runbooks = await load().catch(() => []);
    const around = { services: config.services, runbooks: [...config.templates, ...runbooks] };
    try {
      const { actions, strategies } = await loadExtensions(config.extensions, around);
      const names = [...actions, ...strategies].map(({ name }) => name);
      return [{ state: 'ok', about, what: names.length > 0 ? names.join(', ') : 'they register nothing' }];
    } catch (error) {
      return [
        { state: 'broken', about, what: reasonOf(error), mend: 'Correct the file; docs/extensions.md has an example.' },
      ];
    }
  };
}
