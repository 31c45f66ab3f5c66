import { writeFile } from 'node:fs/promises';
import { UserError } from '../../engine/model/errors.js';
import { parseRecoveryName, recoveryName } from '../../engine/model/recovery.js';

export interface PostmortemFlags {
  out?: string;
  html?: string;
  url: string;
  token?: string;
}

const LONGEST_MS = 30_000;

/** As the API tells it: Markdown to the terminal or a file, or a page into a file. */
export async function postmortemCommand(
  given: string,
  { out, html, url, token = process.env.REVIVER_TOKEN }: PostmortemFlags,
  print: (line: string) => void,
): Promise<void> {
  const id = parseRecoveryName(given);
  if (id === undefined)
    throw new UserError('invalid_input', `"${given}" is no recovery. Expected a name such as R-12.`);
  if (!token) throw new UserError('invalid_input', 'There is no token. Put one into the variable REVIVER_TOKEN.');
  const format = html === undefined ? 'markdown' : 'html';
  const text = await read(new URL(`/recoveries/${recoveryName(id)}/postmortem?format=${format}`, url), token);
  const file = html ?? out;
  if (file === undefined) return print(text.trimEnd());
  await writeFile(file, text, { mode: 0o640 });
  print(`The postmortem of ${recoveryName(id)} is in ${file}.`);
}

async function read(address: URL, token: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(address, { headers, signal: AbortSignal.timeout(LONGEST_MS) }).catch((error: unknown) => {
    const why = error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : '';
    throw new UserError(
      'unavailable',
      `Reviver does not answer at ${address.origin} (${why}). Start it, or give --url.`,
    );
  });
  const text = await answer.text();
  if (answer.ok) return text;
  throw new UserError('invalid_input', detailOf(text) ?? `Reviver answered with ${answer.status}.`);
}

/** The sentence of an RFC 9457 answer. */
function detailOf(text: string): string | undefined {
  try {
    const { detail }: { detail?: unknown } = JSON.parse(text);
    return typeof detail === 'string' ? detail : undefined;
  } catch {
    return undefined;
  }
}
