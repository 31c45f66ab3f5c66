import { createActions } from '../../engine/actions/actions.js';
import { type Naming, namingsIn } from '../../engine/secrets/namings.js';
import { problemsOf } from '../check-secrets.js';
import { loadExtensions } from '../extensions/load.js';
import { openSecrets } from '../secrets.js';
import type { Check } from './finding.js';
import type { Patient } from './patient.js';

const about = 'secrets';
const MEND = 'Put it there, or correct the reference; docs/secrets.md has all forms.';

/** Asks for every secret that the configuration and the runbooks name, as a step would. Says nothing where none is named. */
export function checkSecrets(patient: Patient): Check {
  return async (signal) => {
    const { namings, sources } = await namedSecrets(patient);
    if (namings.length === 0) return [];
    const secrets = openSecrets(patient.environment, patient.env, sources);
    const problems = await problemsOf(namings, (text) => secrets.unavailable(text, signal));
    if (problems.length === 0) return [{ state: 'ok', about, what: `${inWords(namings.length)}, all to be had` }];
    return problems.map((what) => ({ state: 'broken', about, what: what.replace(/\.$/, ''), mend: MEND }));
  };
}

/** What cannot be read is told by the checks that are about it. */
export async function namedSecrets({ config, runbooks: load }: Patient): Promise<{
  namings: Naming[];
  sources: Awaited<ReturnType<typeof loadExtensions>>['sources'];
}> {
  if (!config) return { namings: [], sources: [] };
  const runbooks = [...config.templates, ...(await load().catch(() => []))];
  const none = { actions: [], strategies: [], sources: [] };
  const { actions, sources } = await loadExtensions(config.extensions).catch(() => none);
  const { services, stepAliases: aliases, escalation } = config;
  const { webhook } = escalation.contacts;
  return { namings: namingsIn({ services, runbooks, aliases, actions: createActions(actions), webhook }), sources };
}

function inWords(count: number): string {
  return count === 1 ? '1 reference' : `${count} references`;
}
