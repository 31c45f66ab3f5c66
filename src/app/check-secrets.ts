import { UserError } from '../engine/model/errors.js';
import { type Naming, namingsIn, type Written } from '../engine/secrets/namings.js';
import type { Secrets } from '../engine/secrets/secrets.js';

/** More would not be read. */
const MOST = 20;

/**
 * Nothing starts with a reference that means nothing, or that stands where everybody reads it. Where steps and checks run
 * (`resolves`), those of this machine must be there, too; elsewhere they need not be.
 */
export async function checkSecrets(written: Written, secrets: Secrets, resolves: boolean): Promise<void> {
  const signal = AbortSignal.timeout(30_000);
  const look = resolves
    ? (text: string) => secrets.missing(text, signal)
    : async (text: string) => secrets.objections(text);
  const problems = await problemsOf(namingsIn(written), look);
  if (problems.length === 0) return;
  const more = problems.length > MOST ? [`... and ${problems.length - MOST} more`] : [];
  throw new UserError('invalid_input', [...problems.slice(0, MOST), ...more].join('\n'));
}

/** One sentence each, which begins with the place. */
export async function problemsOf(
  namings: readonly Naming[],
  look: (text: string) => Promise<string[]>,
): Promise<string[]> {
  const found = namings.map(async ({ where, text, misplaced }) =>
    (misplaced === undefined ? await look(text) : [misplaced]).map((problem) => `${where}: ${problem}.`),
  );
  return (await Promise.all(found)).flat();
}
