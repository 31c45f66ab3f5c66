import { InvalidInput } from '../model/errors.js';

type Evaluate = (facts: Record<string, unknown>) => unknown;

const compiled = new Map<string, Promise<Evaluate>>();

/**
 * Evaluates a CEL condition over plain facts. Loaded on first use, since most workers never need it. An expression that
 * does not compile, names something unknown, or gives no boolean is an error that quotes it.
 */
export async function holds(expression: string, facts: Record<string, unknown>, field: string): Promise<boolean> {
  let given: unknown;
  try {
    const evaluate = await compile(expression);
    given = evaluate(facts);
  } catch (error) {
    throw new InvalidInput(field, expression, `a CEL condition (${firstLine(error)})`);
  }
  if (typeof given !== 'boolean') throw new InvalidInput(field, expression, 'a CEL condition that gives true or false');
  return given;
}

/** Refuses what is no CEL at all; whether its names exist is known only when it is evaluated. */
export async function checkCondition(expression: string, field: string): Promise<void> {
  await compile(expression).catch((error: unknown) => {
    throw new InvalidInput(field, expression, `a CEL condition (${firstLine(error)})`);
  });
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
