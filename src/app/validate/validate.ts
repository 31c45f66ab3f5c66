import { UserError } from '../../engine/model/errors.js';
import { type Asked, createAsk } from './ask.js';
import { CATEGORIES } from './categories.js';
import type { Check, CheckContext } from './check.js';
import { statusShape } from './shapes.js';

export interface ValidateOptions {
  url: string;
  token: string;
  /** A service that may be restarted for real; without it nothing is changed. */
  service?: string;
  signal: AbortSignal;
}

export interface Outcome {
  says: string;
  verdict: 'passed' | 'failed' | 'skipped';
  detail: string;
}

export interface Report {
  /** What was looked at. */
  url: string;
  services: number;
  /** No check failed. */
  ok: boolean;
  categories: { name: string; outcomes: Outcome[] }[];
}

/** Runs the eight categories of the Auto-Recovery document against a running installation, one check after the other. */
export async function validate({ url, token, service, signal }: ValidateOptions): Promise<Report> {
  const ask = createAsk(url, token, signal);
  const { services, breakers } = await parts(ask);
  if (service !== undefined && !services.includes(service))
    throw new UserError(
      'not_found',
      `--service: there is no service "${service}"; expected one of ${services.join(', ')}.`,
    );
  const ctx: CheckContext = { ask, services, breakers, victim: service, signal };
  const categories = [];
  for (const { name, checks } of CATEGORIES) {
    const outcomes = [];
    for (const check of checks) outcomes.push(await outcomeOf(check, ctx));
    categories.push({ name, outcomes });
  }
  const ok = categories.every(({ outcomes }) => outcomes.every(({ verdict }) => verdict !== 'failed'));
  return { url, services: services.length, ok, categories };
}

async function parts(ask: Asked): Promise<{ services: string[]; breakers: string[] }> {
  const { status, body } = await ask('GET', '/status');
  if (status === 401)
    throw new UserError(
      'unauthenticated',
      'The token is refused. Make one with: reviver token create --name validate --role responder',
    );
  if (status !== 200) throw new UserError('unavailable', `/status answered ${status}: nothing else can be checked.`);
  const { services, circuit_breakers: breakers } = statusShape.parse(body);
  return { services: Object.keys(services), breakers: Object.keys(breakers).filter((name) => breakers[name]?.enabled) };
}

async function outcomeOf({ says, run }: Check, ctx: CheckContext): Promise<Outcome> {
  try {
    const found = await run(ctx);
    return { says, verdict: found?.verdict ?? 'passed', detail: found?.detail ?? '' };
  } catch (error) {
    ctx.signal.throwIfAborted();
    return { says, verdict: 'failed', detail: error instanceof Error ? error.message : String(error) };
  }
}

const MARKS = { passed: '✓', failed: '✗', skipped: '-' } as const;

/** For people: what was checked, then how much of it. */
export function reportLines({ url, services, categories }: Report): string[] {
  const all = categories.flatMap(({ outcomes }) => outcomes);
  const count = (wanted: Outcome['verdict']) => all.filter(({ verdict }) => verdict === wanted).length;
  return [
    `Reviver at ${url}, ${services} ${services === 1 ? 'service' : 'services'}. ✓ holds, ✗ does not, - was left out, and why.`,
    '',
    ...categories.flatMap(({ name, outcomes }, n) => [
      `${n + 1}. ${name}`,
      ...outcomes.map(
        ({ says, verdict, detail }) => `   ${MARKS[verdict]} ${says}${detail === '' ? '' : ` (${detail})`}`,
      ),
    ]),
    '',
    `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} left out.`,
  ];
}
