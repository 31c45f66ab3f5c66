import { readFileSync } from 'node:fs';
import { errorCode } from '../engine/processes/error-code.js';
import { wholeReference } from '../engine/secrets/reference.js';

/**
 * A secret variable may say where its value lies, as Docker and Kubernetes hand secrets over: `DATABASE_URL=file:/run/...`,
 * or another variable. It is read once, with all others. `problem` is a sentence's end, without any value.
 */
export function referred(value: string, env: NodeJS.ProcessEnv): { value: string } | { problem: string } {
  const reference = wholeReference(value);
  if (!reference) return { value };
  const { scheme, name } = reference;
  const found = scheme === 'file' ? fromFile(name) : scheme === 'env' ? env[name]?.trim() : undefined;
  if (found) return { value: found };
  if (scheme === 'vault')
    return {
      problem: 'names a secret of Vault, which only services and runbooks can; expected file:/path, or the value',
    };
  return { problem: `refers to ${scheme}:${name}, which is not there, empty, or may not be read` };
}

function fromFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
