import { createActions } from '../../engine/actions/actions.js';
import { isPlain } from '../../engine/model/known-secrets.js';
import { type Naming, namingsIn } from '../../engine/secrets/namings.js';
import { inWords, referencesIn } from '../../engine/secrets/reference.js';
import type { Secrets } from '../../engine/secrets/secrets.js';
import { problemsOf } from '../check-secrets.js';
import { loadExtensions } from '../extensions/load.js';
import { openSecrets } from '../secrets.js';
import type { Check, Finding } from './finding.js';
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
    if (problems.length === 0) {
      const ok: Finding = { state: 'ok', about, what: `${counted(namings.length)}, all to be had` };
      return [ok, ...(await tooPlain(namings, secrets, signal))];
    }
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

/** What could be any word is not taken out of texts by its value: whoever repeats it shows it. */
async function tooPlain(namings: readonly Naming[], secrets: Secrets, signal: AbortSignal): Promise<Finding[]> {
  const named = new Set(namings.flatMap(({ text }) => referencesIn(text).map(inWords)));
  const findings = [...named].map(async (reference): Promise<Finding[]> => {
    if (!isPlain(await secrets.resolve(reference, signal))) return [];
    const what = `${reference} has less than 8 characters or is a plain word: it cannot be taken out of what programs say`;
    return [
      { state: 'warning', about, what, mend: 'Change it to a longer one, such as "openssl rand -hex 16" prints.' },
    ];
  });
  return (await Promise.all(findings)).flat();
}

function counted(count: number): string {
  return count === 1 ? '1 reference' : `${count} references`;
}
