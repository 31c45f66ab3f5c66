import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { eventually } from './eventually.js';
import { type Answer, type Installation, type InstallOptions, install } from './reviver.js';

export type TrialOptions = Pick<InstallOptions, 'databaseUrl' | 'redisUrl' | 'services' | 'more' | 'env'>;

export interface TrialRequest {
  service: string;
  /** File name in `runbooks/`, without its end. */
  runbook: string;
  params?: Record<string, string | number | boolean>;
  /** What broke, in a few words, of a trial that the runbook must mend: it gets a row in `npm run bench -- runbooks`. */
  fault?: string;
  /** By `performance.now()`: when the thing broke. */
  brokenAt: number;
  /** What people say to each question; default: approve. `id` of the step that is asked about, null for the plan. */
  answer?: (step: string | null) => 'approve' | 'reject';
}

export interface Outcome {
  id: string;
  state: string;
  /** State of each step by its id. */
  steps: Record<string, string>;
  /** As `GET /recoveries/{id}` gives it. */
  view: Answer;
  /** From the break until the recovery ended, without the time in which it waited for people. */
  brokenMs: number;
  /** In which it waited for people. */
  askedMs: number;
  /** What people were asked about, in order: a step's id, or null for the plan. */
  asked: (string | null)[];
  /** No step needed a second attempt. */
  firstAttempt: boolean;
}

export interface Trial {
  reviver: Installation;
  /** Starts a recovery by a shipped runbook as Ann, answers as Lee, and waits until it ends or wants a person. */
  run(request: TrialRequest): Promise<Outcome>;
  /** The plan, without any effect. */
  plan(request: Pick<TrialRequest, 'service' | 'runbook' | 'params'>): Promise<Answer>;
}

const ENDS = ['SUCCEEDED', 'FAILED', 'ROLLED_BACK', 'AWAITING_MANUAL', 'CANCELLED'];
const LONGEST_MS = 90_000;

/** Ann asks and Lee approves, so one approval is what can be had. */
const ONE_APPROVAL =
  'approvals: { rules: [{ when: "risk < 0.3", need: 0 }, { when: "true", need: 1, role: approver }] }';

const OPEN = new Set<Installation>();
afterAll(async () => {
  for (const one of OPEN) await one.stop();
  OPEN.clear();
}, 60_000);

/**
 * A whole Reviver, an API and a worker, with all shipped runbooks: what recovers in a test is what recovers at night. It
 * ends with the test file. Call it in a hook or a test, and only below `test/process`, where the product was built.
 */
export async function startTrial({ services, more = '', env = {}, ...stores }: TrialOptions): Promise<Trial> {
  const runbooks = await shippedRunbooks();
  const reviver = await install({ ...stores, services, runbooks, more: `${ONE_APPROVAL}\n${more}` });
  OPEN.add(reviver);
  const all = { REVIVER_SECRET_KEY: '11'.repeat(32), ...env };
  await reviver.start('server', ['start', '--role', 'api'], all);
  await reviver.start('worker', ['worker'], all);

  return {
    reviver,
    async plan({ service, runbook, params = {} }) {
      const { status, body } = await reviver.call('POST', `/recover/${service}`, { runbook, params, dry_run: true });
      if (status !== 200) throw new Error(`no plan: ${status} ${body.detail}`);
      return body;
    },
    async run({ service, runbook, params = {}, fault, brokenAt, answer = () => 'approve' }) {
      const { status, body } = await reviver.call('POST', `/recover/${service}`, { runbook, params });
      if (status !== 202) throw new Error(`${runbook} was not started: ${status} ${body.detail}`);
      const asked: (string | null)[] = [];
      let askedMs = 0;
      for (;;) {
        const view = await restsAt(reviver, body.id);
        if (view.state !== 'AWAITING_APPROVAL') {
          const outcome = outcomeOf(view, { brokenMs: performance.now() - brokenAt - askedMs, askedMs, asked });
          await report({ runbook, fault }, outcome);
          return outcome;
        }
        const since = performance.now();
        const open = view.approvals.find((one: Answer) => one.state === 'pending');
        asked.push(open.step);
        await decide(reviver, body.id, open, answer(open.step));
        askedMs += performance.now() - since;
      }
    },
  };
}

async function shippedRunbooks(): Promise<Record<string, string>> {
  const folder = join(process.cwd(), 'runbooks');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml'));
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await readFile(join(folder, file), 'utf8')] as const)),
  );
}

function restsAt(reviver: Installation, id: string): Promise<Answer> {
  return eventually(
    async () => {
      const { body } = await reviver.call('GET', `/recoveries/${id}`);
      const open = body.approvals.some((one: Answer) => one.state === 'pending');
      if (ENDS.includes(body.state) || (body.state === 'AWAITING_APPROVAL' && open)) return body;
      throw new Error(`${id} is ${body.state}`);
    },
    { timeoutMs: LONGEST_MS },
  );
}

async function decide(reviver: Installation, id: string, open: Answer, verdict: 'approve' | 'reject'): Promise<void> {
  const said = { digest: open.digest, approval_id: open.id };
  const { status, body } = await reviver.call('POST', `/recoveries/${id}/${verdict}`, said, 'lee');
  if (status !== 200) throw new Error(`${id} was not decided: ${status} ${body.detail}`);
}

function outcomeOf(view: Answer, times: Pick<Outcome, 'brokenMs' | 'askedMs' | 'asked'>): Outcome {
  const steps: { id: string; state: string; attempts: number }[] = view.steps;
  return {
    id: view.id,
    state: view.state,
    steps: Object.fromEntries(steps.map(({ id, state }) => [id, state])),
    view,
    firstAttempt: view.state === 'SUCCEEDED' && steps.every(({ attempts }) => attempts <= 1),
    ...times,
  };
}

/** What people read of a recovery that did not succeed. */
function wordsOf({ state, steps, outcome }: Answer): string {
  if (state === 'SUCCEEDED') return '';
  const said = steps.flatMap(({ name, error }: Answer) => (error ? [`  ${name}: ${error.message}\n`] : []));
  return [...said, outcome ? `  ${outcome.message}\n` : ''].join('');
}

/** One line for people, and of a fault one of JSON for whoever collects them (`REVIVER_TRIALS`, a file). */
async function report(
  { runbook, fault }: { runbook: string; fault: string | undefined },
  { state, view, brokenMs, askedMs, firstAttempt }: Outcome,
): Promise<void> {
  process.stderr.write(`${runbook}: ${state} ${(brokenMs / 1_000).toFixed(1)} s after the break\n${wordsOf(view)}`);
  const file = process.env.REVIVER_TRIALS;
  if (file === undefined || fault === undefined) return;
  const line = {
    runbook,
    fault,
    state,
    broken_ms: Math.round(brokenMs),
    asked_ms: Math.round(askedMs),
    first: firstAttempt,
  };
  await appendFile(file, `${JSON.stringify(line)}\n`);
}
