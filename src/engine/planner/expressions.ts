import { createContext, Script } from 'node:vm';
import { InvalidInput } from '../model/errors.js';

type Evaluate = (facts: Record<string, unknown>) => unknown;

const compiled = new Map<string, Promise<Evaluate>>();

/**
 * Evaluates a CEL condition over plain facts. Loaded on first use, since most workers never need it. An expression that
 * does not compile, names something unknown, or gives no boolean is an error that quotes it.
 */
export async function holds(expression: string, facts: Record<string, unknown>, field: string): Promise<boolean> {
  const given = await evaluated(expression, facts, field, 'a CEL condition');
  if (typeof given !== 'boolean') throw new InvalidInput(field, expression, 'a CEL condition that gives true or false');
  return given;
}

/** What a CEL expression gives over plain facts; the same errors. */
export async function evaluated(
  expression: string,
  facts: Record<string, unknown>,
  field: string,
  kind = 'CEL',
): Promise<unknown> {
  try {
    const evaluate = await compile(expression);
    return bounded(() => evaluate(facts));
  } catch (error) {
    throw new InvalidInput(field, expression, `${kind} (${firstLine(error)})`);
  }
}

/** Refuses what is no CEL at all; whether its names exist is known only when it is evaluated. */
export async function checkCondition(expression: string, field: string): Promise<void> {
  await compile(expression).catch((error: unknown) => {
    throw new InvalidInput(field, expression, `a CEL condition (${firstLine(error)})`);
  });
}

/**
 * Far more than a condition needs; far less than a lease. By the clock on the wall, so that on a machine with other work an
 * innocent one may be cut off: it gets one more try, which is longer.
 */
const LONGEST_MS = [250, 1_000];

const caller = new Script('call()');
/** One for all, since making one takes longer than a condition; each call is over before the next begins. */
const room = createContext({ call: undefined });

/** A regular expression, or lists in lists, may take for ever on a value that somebody sent: that must not stop the process. */
function bounded(call: () => unknown): unknown {
  room.call = call;
  for (const timeout of LONGEST_MS.slice(0, -1)) {
    try {
      return caller.runInContext(room, { timeout });
    } catch (error) {
      if (Object(error).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    }
  }
  return caller.runInContext(room, { timeout: LONGEST_MS.at(-1) });
}

function compile(expression: string): Promise<Evaluate> {
  const known = compiled.get(expression);
  if (known) return known;
  const made = import('@marcbachmann/cel-js').then(({ parse }) => parse(expression));
  if (compiled.size > 500) compiled.clear();
  compiled.set(expression, made);
  return made;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
