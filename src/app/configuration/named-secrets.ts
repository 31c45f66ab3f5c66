import type { Environment } from '../../config/environment.js';
import type { Config } from '../../config/load.js';
import { createActions } from '../../engine/actions/actions.js';
import { loadRunbooks } from '../../engine/planner/load-runbooks.js';
import { namingsIn } from '../../engine/secrets/namings.js';
import { inWords, type Reference, referencesIn } from '../../engine/secrets/reference.js';

/** What services, runbooks and variables name instead of holding it, each once. */
export async function namedSecrets(
  {
    services,
    stepAliases: aliases,
    templates,
    escalation,
  }: Pick<Config, 'services' | 'stepAliases' | 'templates' | 'escalation'>,
  { REVIVER_RUNBOOKS }: Pick<Environment, 'REVIVER_RUNBOOKS'>,
  variables: Readonly<Partial<Record<string, string>>>,
): Promise<Reference[]> {
  // Those that cannot be read fail the proof of the export, which says why.
  const runbooks = [...templates, ...(await loadRunbooks(REVIVER_RUNBOOKS).catch(() => []))];
  const namings = namingsIn({
    services,
    runbooks,
    aliases,
    actions: createActions(),
    webhook: escalation.contacts.webhook,
  });
  const texts = [...namings.map(({ text }) => text), ...Object.values(variables)];
  const found = texts.flatMap((text) => (text === undefined ? [] : referencesIn(text)));
  return [...new Map(found.map((reference) => [inWords(reference), reference])).values()];
}
