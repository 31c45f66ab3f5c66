import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { createAuthenticate } from '../../../api/authentication.js';
import { DEFAULT_LIMITS } from '../../../api/limits.js';
import { recoveryCard } from '../../../bot/cards/recovery-card.js';
import { DEFAULT_COMMAND, usageLine } from '../../../bot/commands/command.js';
import { runCommand } from '../../../bot/commands/run-command.js';
import { wordsOf } from '../../../bot/words/languages.js';
import type { Engine, RecoveryView } from '../../../engine/engine.js';
import { UserError } from '../../../engine/model/errors.js';
import type { Principal } from '../../../engine/model/person.js';
import { isTerminal } from '../../../engine/model/recovery.js';
import { openEngine } from '../../node.js';
import type { NodeOptions } from '../../node-options.js';
import { nodeOptions } from '../installation.js';
import { lineOf, SHELL_COMMANDS } from './line.js';
import { type Output, printCard } from './print-card.js';

export interface BreakGlassOptions {
  /** Follows the recovery until it ends, or needs people. */
  wait: boolean;
  env: NodeJS.ProcessEnv;
  out: Output;
}

/** Whoever types waits no longer for a database that is away. */
const OPEN_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 500;

/**
 * One command of chat, typed at a shell: by the engine itself, so that it needs neither chat nor the API, but Postgres.
 * Gives the exit code: 0, and with `wait` 1 for a recovery that did not end well.
 */
export async function breakGlass(
  name: string,
  typed: readonly string[],
  { wait, env, out }: BreakGlassOptions,
): Promise<number> {
  const options = await nodeOptions({ roles: [], pools: [] }, { ...env, LOG_LEVEL: 'error' });
  const words = wordsOf(/^ru/i.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || '') ? 'ru' : 'en');
  const opened = await openInTime(options);
  try {
    const { engine } = opened;
    const who = await whoAsks(engine, options, env.REVIVER_TOKEN);
    const line = lineOf(name, typed);
    const digest = createHash('sha256').update(line).digest('hex');
    await engine.heard(who.name, { via: who.via, channel: hostname(), command: name, digest });
    const { card, show } = await runCommand(line, {
      engine,
      who,
      origin: { platform: 'terminal', channel: 'terminal' },
      commands: SHELL_COMMANDS,
      words,
      surroundings: { platforms: [], incidents: {}, groups: [] },
      now: () => new Date(),
    });
    if (card) printCard(card, out);
    if (show === undefined) return 0;
    const draw = (view: RecoveryView) => printCard(recoveryCard(view, words), out);
    const view = await engine.view(show);
    draw(view);
    return wait ? await follow(view, engine, draw) : 0;
  } finally {
    await opened.close();
  }
}

/** What `reviver approve --help` says. */
export function explainCommand(name: string, out: Output): void {
  const command = SHELL_COMMANDS.find((one) => one.name === name);
  if (!command) return;
  const usage = usageLine(command).replace(/^\/recover/, name === DEFAULT_COMMAND ? 'reviver recover' : 'reviver');
  out.write(
    `${usage} [--wait]\n\n${command.summary}\n\nThe token in REVIVER_TOKEN says who asks. It needs Postgres, neither chat nor the API.\n`,
  );
}

async function openInTime(options: NodeOptions): Promise<Awaited<ReturnType<typeof openEngine>>> {
  const patience = AbortSignal.timeout(OPEN_WITHIN_MS);
  try {
    return await openEngine(options, patience);
  } catch (error) {
    if (!patience.aborted) throw error;
    throw new UserError(
      'unavailable',
      'Reviver’s Postgres (DATABASE_URL) does not answer. Nothing was done: commands at a shell need neither chat nor the API, but the database.',
    );
  }
}

/** As the API would know them: by the token alone, with its expiry and its roles. */
async function whoAsks(engine: Engine, { tokens, log }: NodeOptions, token: string | undefined): Promise<Principal> {
  if (!token)
    throw new UserError(
      'unauthenticated',
      'There is no token. Put one into the variable REVIVER_TOKEN. Make one with: reviver token create --name NAME --role responder --person NAME',
    );
  const authenticate = createAuthenticate(
    tokens,
    () => engine.people(),
    DEFAULT_LIMITS,
    log,
    (who, facts) => engine.refused('token', who, { ...facts, via: 'terminal' }),
  );
  const who = await authenticate(`Bearer ${token}`, 'terminal');
  if (who.roles.length === 0)
    throw new UserError('forbidden', 'This token has no role: it may neither look nor do anything.');
  return { ...who, via: 'terminal' };
}

/** Draws each change until it ends or people are asked. */
async function follow(first: RecoveryView, engine: Engine, draw: (view: RecoveryView) => void): Promise<number> {
  for (let view = first; ; ) {
    const { state } = view.recovery;
    if (isTerminal(state)) return state === 'SUCCEEDED' ? 0 : 1;
    if (state === 'AWAITING_APPROVAL' || state === 'AWAITING_MANUAL') return 1;
    await delay(LOOK_EVERY_MS);
    const next = await engine.view(view.recovery.id);
    if (next.recovery.version !== view.recovery.version) draw(next);
    view = next;
  }
}
