import { requireRoom } from '../../snapshots/room.js';
import type { Captured, Content } from '../../snapshots/snapshot.js';
import { ActionError } from '../action.js';
import { type Measured, NotAnswering, type Part, type SnapshotRim, type Subject } from './part.js';
import { postgresPart } from './postgres-part.js';
import { redisPart } from './redis-part.js';
import { runtimePart } from './runtime-part.js';
import { terraformPart } from './terraform-part.js';

/** One line a kind. What a database gives by itself comes first: the files below it need not be kept then. */
const PARTS: readonly Part[] = [redisPart, postgresPart, terraformPart, runtimePart];

/** Code of the refusal to take a snapshot without content. */
export const NOTHING_KEPT = 'nothing_kept';

/** Kinds of state that there are of it. */
export function partsOf(subject: Subject): Part[] {
  return PARTS.filter((part) => part.has(subject));
}

/**
 * Everything of a service that can be kept now. A server that does not answer is kept by its files, and what could not
 * be kept is said among the contents; when there is nothing at all, that is an `ActionError`. `forgiving`: what is kept
 * before a restore may be ill, which is why it is restored.
 */
export async function capture(
  subject: Subject,
  folder: string,
  rim: SnapshotRim,
  { forgiving = false } = {},
): Promise<Content> {
  const parts = partsOf(subject);
  const content: Content = { parts: [], contents: [], facts: {} };
  let first: ActionError | undefined = parts.length === 0 ? noSnapshots(subject) : undefined;
  let kept: string | undefined;
  await requireRoom(folder, sum(await measureAll(subject, rim)), `A snapshot of ${subject.service.name}`);
  for (const part of parts) {
    try {
      const captured = await part.capture(subject, folder, rim, kept);
      kept ??= captured.kept;
      add(content, part, captured);
    } catch (error) {
      rim.signal.throwIfAborted();
      const why = passing(error, forgiving);
      if (why === undefined) throw error;
      first ??= notKept(subject, part, why);
      content.contents.push(`not in it: ${part.title} (${why})`);
    }
  }
  // That there is nothing yet, such as no state of Terraform, is known, too, and is no failure.
  if (content.parts.length === 0 && first) throw first;
  return content;
}

/** What each kind takes at most; one that cannot be looked at takes nothing, and says so when it is captured. */
export async function measureAll(subject: Subject, rim: SnapshotRim): Promise<Measured[]> {
  return Promise.all(
    partsOf(subject).map((part) =>
      part.measure(subject, rim).catch((error: unknown) => {
        rim.signal.throwIfAborted();
        return { bytes: 0, words: `${part.title} not (${error instanceof Error ? error.message : String(error)})` };
      }),
    ),
  );
}

export function sum(measured: readonly Measured[]): number {
  return measured.reduce((total, { bytes }) => total + bytes, 0);
}

export function noSnapshots({ service: { name }, runtime }: Pick<Subject, 'service' | 'runtime'>): ActionError {
  return new ActionError(
    `No snapshot of ${name} can be taken or restored: the runtime ${runtime.name} keeps none of it (a process needs a data_dir), and it is neither a Redis nor a Postgres by its health checks. Nothing was changed.`,
    { code: 'not_possible', retryable: false },
  );
}

function add(content: Content, { name }: Part, { contents, facts }: Captured): void {
  content.contents.push(...contents);
  Object.assign(content.facts, facts);
  if (name !== 'terraform' || 'terraform' in facts) content.parts.push(name);
}

/** Why a part is left out; undefined: then there is no snapshot. */
function passing(error: unknown, forgiving: boolean): string | undefined {
  if (error instanceof NotAnswering) return error.message;
  if (!forgiving || !(error instanceof ActionError) || error.options.code === 'not_written') return undefined;
  return error.message;
}

function notKept({ service: { name } }: Subject, { title }: Part, why: string): ActionError {
  return new ActionError(
    `Nothing of ${name} could be kept: ${title} cannot be had (${why}). No snapshot was taken, and ${name} was not touched.`,
    { code: NOTHING_KEPT },
  );
}
