import type { Engine, RecoveryView } from '../../engine/engine.js';
import { ACTIVE_STATES, parseRecoveryName, recoveryName } from '../../engine/model/recovery.js';
import { capital, oneLine } from '../cards/words.js';
import type { Button } from '../port.js';
import type { CommandContext } from './command.js';
import { Mistake } from './mistake.js';
import { suggest } from './suggest.js';
import { formatCommand } from './tokenise.js';

export interface Target {
  service: string;
  runbook?: string;
}

/**
 * What the first word names: a service, which wins, or a runbook, which stands for its only service. `rest` are the
 * words behind it, for the buttons of a guess. Throws `Mistake`.
 */
export function resolveTarget(word: string, ctx: CommandContext, rest: readonly string[] = []): Target {
  const { engine } = ctx;
  if (engine.services().some((service) => service.name === word)) return { service: word };
  const runbook = engine.runbooks().find((candidate) => candidate.id === word || candidate.name === word);
  if (!runbook) throw unknownTarget(word, ctx, rest);
  const [only, ...others] = runbook.services;
  if (only !== undefined && others.length === 0) return { service: only, runbook: runbook.id };
  const choices = (
    runbook.services.length > 0 ? runbook.services : engine.services().map((service) => service.name)
  ).slice(0, 5);
  throw new Mistake(
    'invalid_input',
    ({ mistakes }) => mistakes.whichService(runbook.id, choices, runbook.services.length === 0),
    choices.map((service) => ({
      label: `Recover ${service}`,
      command: formatCommand([service, '--runbook', runbook.id, ...rest]),
    })),
  );
}

/** The recovery that `R-12` names, or that runs for the service named. Throws `Mistake`. */
export async function resolveRecovery(
  word: string | undefined,
  ctx: CommandContext,
  verb: string,
): Promise<RecoveryView> {
  if (word === undefined) throw await namelessRecovery(ctx, verb);
  const id = parseRecoveryName(word);
  if (id !== undefined) return ctx.engine.view(id);
  if (ctx.engine.services().some((service) => service.name === word)) {
    const active = await ctx.engine.activeFor(word);
    if (active) return active;
    throw new Mistake('not_found', ({ mistakes }) => mistakes.notUnderWay(word, verb), [
      { label: `Recover ${word}`, command: formatCommand([word]) },
    ]);
  }
  const guesses = suggest(word, serviceNames(ctx.engine));
  throw new Mistake('not_found', ({ mistakes }) => mistakes.neitherNor(oneLine(word, 60), guesses));
}

function unknownTarget(word: string, ctx: CommandContext, rest: readonly string[]): Mistake {
  const services = serviceNames(ctx.engine);
  const runbooks = ctx.engine.runbooks().map((runbook) => runbook.id);
  const commands = ctx.commands.map((command) => command.name);
  const guesses = suggest(word, [...services, ...runbooks, ...commands]);
  const startable = guesses.filter((guess) => services.includes(guess) || runbooks.includes(guess));
  return new Mistake(
    'not_found',
    ({ mistakes }) => mistakes.unknownTarget(oneLine(word, 60), guesses),
    startable.map((guess) => ({ label: `Recover ${guess}`, command: formatCommand([guess, ...rest]) })),
    { name: oneLine(word, 60), suggestion: guesses[0] },
  );
}

async function namelessRecovery(ctx: CommandContext, verb: string): Promise<Mistake> {
  const active = await ctx.engine.list({
    states: [...ACTIVE_STATES],
    limit: 5,
  });
  const names = active.map((view) => `${recoveryName(view.recovery.id)} (${view.recovery.service})`);
  return new Mistake(
    'invalid_input',
    ({ mistakes }) => mistakes.whichRecovery(verb, names),
    active.map((view) => wayTo(verb, recoveryName(view.recovery.id))),
  );
}

const AT_ONCE = ['cancel', 'escalate', 'ack', 'why'];

/** Whatever changes what runs must have been seen: there the card comes first. */
function wayTo(verb: string, name: string): Button {
  if (!AT_ONCE.includes(verb)) return { label: `Details ${name}`, command: `status ${name}` };
  return { label: `${capital(verb)} ${name}`, command: `${verb} ${name}` };
}

function serviceNames(engine: Engine): string[] {
  return engine.services().map((service) => service.name);
}
