import { z } from 'zod';
import { SNAPSHOT_PARTS, type Snapshot, type SnapshotPart } from '../snapshots/snapshot.js';
import { type ActionContext, ActionError, type Kept, type ProbeResult } from './action.js';
import { statusFacts } from './before.js';
import { defineAction } from './define-action.js';
import { serviceName } from './fields.js';
import { inUse } from './in-use.js';
import { exchangedAlready } from './postgres-data/exchange.js';
import { probeReplaced } from './replaced.js';
import { capture, NOTHING_KEPT, noSnapshots, partsOf } from './snapshots/capture.js';
import type { Subject } from './snapshots/part.js';
import { postgresFacts, postgresUrl } from './snapshots/postgres-part.js';
import { restore } from './snapshots/restore.js';
import { terraformFacts } from './snapshots/terraform-part.js';
import { subjectOf } from './take-snapshot.js';

const ONLY = `a list of ${SNAPSHOT_PARTS.join(', ')}`;
const DATA = 'kept or present';
const NEWEST = 'newest';

const whole = z.strictObject({
  service: serviceName,
  /** Its id; absent or `newest`: the newest whole one when the plan is made, but none that a restore kept of what it replaced. */
  snapshot: z.string().optional(),
  /** Instead of an id: what took it. An undo names its own so. */
  taken_by: z.string().optional(),
  /**
   * Absent: all but the Terraform state. That one says what there is: with an older one Terraform forgets what was made
   * since, so it is put back only when it is named.
   */
  only: z
    .array(z.enum(SNAPSHOT_PARTS, { error: ONLY }), { error: ONLY })
    .min(1, { error: ONLY })
    .optional(),
  /** `present`: configuration and image alone come back, around the data that the service has now. */
  data: z.enum(['kept', 'present'], { error: DATA }).optional(),
});

const input = whole.refine(({ only, data }) => only === undefined || data !== 'present', {
  path: ['only'],
  error: 'nothing where data is present',
});

type Input = z.output<typeof input>;

export const restoreSnapshot = defineAction({
  name: 'restore_snapshot',
  description: 'Brings a service back as a snapshot kept it; what is there now is kept first.',
  version: 2,
  input,
  shorthand: 'service',
  risk: 0.4,
  idempotent: false,
  spawns: true,
  timeoutMs: 10 * 60_000,
  services: ({ service }) => [service],
  title: ({ service, only, data }) =>
    `Restore ${only ? `${only.join(', ')} of ` : ''}${service} from a snapshot${data === 'present' ? ', around its present data,' : ''}`,

  async pin(given, kept) {
    if (given.taken_by !== undefined) return { input: given, detail: '' };
    const found = await wanted(given, kept);
    return { input: { ...given, snapshot: found.id }, detail: `of ${found.createdAt.toISOString().slice(0, 16)}Z` };
  },

  look: async ({ service }, ctx) => ({
    ...statusFacts(await ctx.runtime(service).status(ctx.signal)),
    kept_by: keptBy(ctx),
  }),

  async run(given, ctx) {
    const { service, only } = given;
    const { id, parts, facts } = await wanted(given, ctx);
    const dir = terraformFacts.safeParse(facts.terraform).data?.dir;
    const subject = subjectOf({ service, terraform: only?.includes('terraform') ? dir : undefined }, ctx);
    const chosen = chosenOf(given, parts);
    if (partsOf(subject).length === 0) throw noSnapshots(subject);
    const { status, aside } = await ctx.snapshots.open(
      service,
      id,
      async (folder, opened) => {
        await keepPresent(subject, ctx);
        ctx.log(`restoring ${opened.contents.join('; ')}`);
        return restore(subject, opened, { parts: chosen, presentData: given.data === 'present' }, folder, ctx);
      },
      ctx.signal,
    );
    for (const line of aside) ctx.log(line);
    return {
      summary: [`${status.summary}, as in ${id}`, ...aside].join('; '),
      instance: status.instance,
      snapshot: id,
    };
  },

  async probe(given, before, ctx) {
    const found = await wanted(given, ctx);
    const chosen = chosenOf(given, found.parts);
    if (chosen.has('terraform'))
      return { outcome: 'unknown', evidence: 'a Terraform state does not tell who put it there' };
    const ran = await probeReplaced('restore', 'nothing restored', given.service, before, ctx);
    if (ran.outcome === 'unknown' || !chosen.has('postgres')) return ran;
    return chosen.has('runtime') && ran.outcome === 'not_done' ? ran : probeDatabases(given.service, found, ctx);
  },

  inverse({ service, only, data }, { status, kept_by }) {
    if (status === 'missing' || typeof kept_by !== 'string') return undefined;
    const same = { ...(only ? { only } : {}), ...(data ? { data } : {}) };
    return { action: 'restore_snapshot', input: { service, taken_by: kept_by, ...same } };
  },
  imagine: () => ({ kept_by: 'imagined' }),

  async preview(given, ctx) {
    const found = await wanted(given, ctx);
    const now = await ctx.runtime(given.service).status(ctx.signal);
    const left = found.parts.filter((part) => !chosenOf(given, found.parts).has(part));
    const without = left.length > 0 ? `; without its ${left.join(', ')}` : '';
    const seen = now.instance === null ? '' : await inUse(given.service, ctx);
    return `would replace ${now.summary}${seen} by what was kept on ${found.createdAt.toISOString().slice(0, 16)}Z: ${found.contents.join('; ')}${given.data === 'present' ? '; the data of now stay' : without}`;
  },
});

/** Marks what a restore kept of the state that it replaced: that one is asked for by name, or a second rollback would undo the first. */
const BEFORE = ' before';

const keptBy = ({ runKey }: Pick<ActionContext, 'runKey'>): string => runKey + BEFORE;

/** What is there now is kept first, as far as it can be: it may be ill, or gone. */
async function keepPresent(subject: Subject, ctx: ActionContext): Promise<void> {
  const { service, runtime } = subject;
  if ((await runtime.status(ctx.signal)).status === 'missing') return;
  const of = { service: service.name, runtime: runtime.name, by: keptBy(ctx), createdAt: ctx.now() };
  await ctx.snapshots
    .take(of, (room) => capture(subject, room, ctx, { forgiving: true }), ctx.signal)
    .catch((error: unknown) => {
      if (!(error instanceof ActionError) || error.options.code !== NOTHING_KEPT) throw error;
      ctx.log(`what is there now is not kept, so that this cannot be undone: ${error.message}`);
    });
}

function chosenOf({ service, snapshot, only, data }: Input, parts: readonly SnapshotPart[]): ReadonlySet<SnapshotPart> {
  const meant = data === 'present' ? ['runtime'] : only;
  const chosen = parts.filter((part) => (meant ? meant.includes(part) : part !== 'terraform'));
  if (chosen.length > 0) return new Set(chosen);
  throw new ActionError(
    `The snapshot ${snapshot ?? ''} of ${service} holds ${parts.join(', ') || 'nothing'}${only ? `, and no ${only.join(', ')}` : ', which is put back only when "only" names it'}. Nothing was changed.`,
    { code: 'no_such_part', retryable: false, untouched: true },
  );
}

async function probeDatabases(service: string, { id, facts }: Snapshot, ctx: ActionContext): Promise<ProbeResult> {
  const { databases } = postgresFacts.parse(facts.postgres);
  if (!(await exchangedAlready(postgresUrl(ctx.service(service)) ?? '', databases, ctx)))
    return { outcome: 'not_done', evidence: 'the databases are the ones from before' };
  const summary = `the databases are those of ${id}`;
  return { outcome: 'done', evidence: summary, result: { summary, snapshot: id } };
}

/** The snapshot that is meant. Throws an `ActionError` when there is none, or it is damaged. */
async function wanted({ service, snapshot, taken_by }: Input, { snapshots }: Pick<Kept, 'snapshots'>) {
  const known = await snapshots.list(service);
  const named = (snapshot === undefined || snapshot === NEWEST) && taken_by === undefined;
  const found = named
    ? known.find(({ damaged, by, parts }) => damaged === undefined && parts.length > 0 && !by.endsWith(BEFORE))
    : known.find(({ id, by }) => id === snapshot || by === taken_by);
  if (found && found.damaged === undefined) return found;
  const what = found
    ? `Snapshot ${found.id} of ${service} is damaged: ${found.damaged}`
    : `There is no ${named ? 'whole ' : 'such '}snapshot of ${service}`;
  throw new ActionError(`${what}. Nothing was changed.`, { code: 'no_snapshot', retryable: false, untouched: true });
}
