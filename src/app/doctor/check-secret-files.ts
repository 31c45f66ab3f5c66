import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Config } from '../../config/load.js';
import { VARIABLE_NAMES } from '../../config/variables.js';
import { redact } from '../../engine/model/redact.js';
import { holdsReference, referencesIn } from '../../engine/secrets/reference.js';
import { secretSettings } from '../../engine/secrets/service-settings.js';
import { pathText } from '../../engine/yaml/problem.js';
import { namedSecrets } from './check-secrets.js';
import type { Check, Finding } from './finding.js';
import type { Patient } from './patient.js';

const about = 'secret files';

/** Files that hold secrets and that others may read, and secrets that stand plainly in the configuration. */
export function checkSecretFiles(patient: Patient): Check {
  return async () => {
    const { namings } = await namedSecrets(patient);
    const { config, env } = patient;
    const plain = config ? plainSecrets(config) : [];
    const named = namings.flatMap(({ text }) => filesIn(text));
    const ofVariables = VARIABLE_NAMES.flatMap((name) => filesIn(env[name]?.trim() ?? ''));
    const files = new Set([
      ...named,
      ...ofVariables,
      resolve('.env'),
      ...(config && plain.length > 0 ? [resolve(config.file)] : []),
    ]);
    const open = await Promise.all([...files].map(tooOpen));
    return [...plain.map(inPlainText), ...open.flat()];
  };
}

function filesIn(text: string): string[] {
  return referencesIn(text).flatMap(({ scheme, name }) => (scheme === 'file' ? [name] : []));
}

/** Its group may read it: that is how programs of several users share a secret. */
async function tooOpen(file: string): Promise<Finding[]> {
  const mode = (await stat(file).catch(() => undefined))?.mode;
  if (mode === undefined || (mode & 0o027) === 0) return [];
  const what = `${file} can be ${mode & 0o022 ? 'changed' : 'read'} by others (mode ${(mode & 0o777).toString(8)})`;
  return [{ state: 'warning', about, what, mend: `Run: chmod ${(mode & 0o640).toString(8)} ${file}` }];
}

/** Places of the configuration, without what stands there. */
function plainSecrets({ services }: Config): string[] {
  return services.flatMap((service) =>
    secretSettings(service).flatMap(({ path, text }) => {
      const bare = holdsReference(text) ? '' : text;
      const secret =
        redact(bare) !== bare || redact(`${String(path.at(-1))}=${bare}`) !== `${String(path.at(-1))}=${bare}`;
      return bare !== '' && secret ? [`service ${service.name}: ${pathText(path)}`] : [];
    }),
  );
}

function inPlainText(place: string): Finding {
  const what = `${place} holds what looks like a secret, in plain text`;
  const mend =
    'Put it into a file or a variable, and write ${file:/path} or ${env:NAME} in its place (docs/secrets.md).';
  return { state: 'warning', about, what, mend };
}
