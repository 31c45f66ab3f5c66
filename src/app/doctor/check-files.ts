import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parse } from 'yaml';
import { errorCode } from '../../engine/processes/error-code.js';
import { listTokens } from '../tokens/tokens.js';
import type { Check } from './finding.js';
import type { Patient } from './patient.js';
import { reasonOf } from './reason.js';

export function checkRunbooks({ environment, runbooks: load }: Patient): Check {
  const about = 'runbooks';
  const folder = environment.REVIVER_RUNBOOKS;
  return async () => {
    try {
      const runbooks = await load();
      if (runbooks.length > 0) return [{ state: 'ok', about, what: `${folder}: ${runbooks.length} read` }];
      return [
        {
          state: 'warning',
          about,
          what: `${folder} holds no runbook`,
          mend: 'Put a YAML file there, such as redis_outage.yaml.',
        },
      ];
    } catch (error) {
      return [
        {
          state: 'broken',
          about,
          what: reasonOf(error),
          mend: 'Correct the file, or set REVIVER_RUNBOOKS to the right folder.',
        },
      ];
    }
  };
}

export function checkTokens({ environment }: Patient): Check {
  const about = 'tokens';
  const file = environment.API_TOKENS_FILE;
  return async () => {
    const mode = await modeOf(file);
    const make = 'Make one: reviver token create --name NAME --role responder.';
    if (mode === undefined) return [{ state: 'warning', about, what: `${file}: there are no API tokens`, mend: make }];
    if ((mode & 0o077) !== 0) {
      const what = `${file} can be read by others (mode ${(mode & 0o777).toString(8)})`;
      return [{ state: 'broken', about, what, mend: `Run: chmod 600 ${file}` }];
    }
    try {
      const tokens = await listTokens(file);
      return [{ state: 'ok', about, what: `${file}: ${tokens.length}, readable by its owner only` }];
    } catch (error) {
      return [
        { state: 'broken', about, what: reasonOf(error), mend: 'Restore the file, or remove it and make new tokens.' },
      ];
    }
  };
}

export function checkDataFolder({ environment }: Patient): Check {
  const about = 'data folder';
  const folder = environment.REVIVER_DATA;
  return async () => {
    const existing = await nearestExisting(folder);
    try {
      await access(existing, constants.W_OK | constants.X_OK);
      return [
        { state: 'ok', about, what: existing === folder ? `${folder} can be written` : `${folder} will be made` },
      ];
    } catch (error) {
      const mend = 'Give its folder to the user that runs Reviver, or set REVIVER_DATA.';
      return [{ state: 'broken', about, what: `${existing} cannot be written (${errorCode(error)})`, mend }];
    }
  };
}

export function checkConstitution({ config, environment }: Patient): Check {
  const about = 'constitution';
  return async () => {
    if (!config) return [];
    const { file, hash } = config.constitution;
    const content = await readFile(file, 'utf8').catch(() => undefined);
    if (content === undefined) {
      const mend = 'Write it (config/constitution.yaml of the repository is an example), or correct constitution.file.';
      return [{ state: 'broken', about, what: `${file} cannot be read`, mend }];
    }
    const others = [hashIn(content), environment.CONSTITUTIONAL_HASH].filter(
      (other) => other !== undefined && other !== hash,
    );
    if (others.length > 0) {
      const mend = 'Let constitution.hash in the configuration, hash in the file and CONSTITUTIONAL_HASH be the same.';
      return [
        {
          state: 'broken',
          about,
          what: `the constitutional hash is ${hash} here and ${others.join(', ')} there`,
          mend,
        },
      ];
    }
    const sha256 = createHash('sha256').update(content).digest('hex');
    return [{ state: 'ok', about, what: `${hash}, file SHA-256 ${sha256.slice(0, 16)}…` }];
  };
}

function hashIn(content: string): string | undefined {
  const document: unknown = parse(content);
  const hash = typeof document === 'object' && document !== null && 'hash' in document ? document.hash : undefined;
  return hash === undefined ? undefined : String(hash);
}

async function nearestExisting(folder: string): Promise<string> {
  const there = await modeOf(folder);
  return there !== undefined || dirname(folder) === folder ? folder : nearestExisting(dirname(folder));
}

async function modeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.mode;
}
