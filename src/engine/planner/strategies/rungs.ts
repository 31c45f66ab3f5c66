import type { Service } from '../../model/service.js';
import { type CompileContext, compileSteps } from '../compile.js';
import { type LeftOut, leftOutInWords, NotPossibleNow } from '../not-now.js';
import { type StrategyParts, strategist } from './strategies.js';
import type { Strategy } from './strategy.js';

export interface RungPorts extends StrategyParts {
  strategies: ReadonlyMap<string, Strategy>;
  /** What the service is now: `running`, `stopped`, `missing`. */
  status(): Promise<string>;
}

/** The strategies without those rungs of one of them that cannot be done now, and why. */
export async function withoutImpossible(
  { rungs }: Strategy,
  service: Service,
  context: CompileContext,
  ports: RungPorts,
): Promise<{ strategies: ReadonlyMap<string, Strategy>; leftOut: LeftOut[] }> {
  const { strategies } = ports;
  const left = new Map<string, string>();
  // Others are none of this runtime at all, which no plan speaks of.
  const stepsOf = strategist(service, strategies, ports);
  const names = (rungs?.(service) ?? []).filter((name) => stepsOf(name) !== undefined);
  for (const name of names) {
    const reason = await whyNotNow(name, service, context, ports);
    if (reason !== undefined) left.set(name, reason);
  }
  const leftOut = [...left].map(([name, reason]) => ({ name, reason }));
  if (names.length > 0 && leftOut.length === names.length)
    throw new NotPossibleNow(`None of its strategies can be done for ${service.name} now: ${leftOutInWords(leftOut)}.`);
  return { strategies: new Map([...strategies].filter(([name]) => !left.has(name))), leftOut };
}

/** Why the service, as it is now, is no case for a strategy; undefined: it is one. */
export async function unfitNow(strategy: Strategy | undefined, service: Service, { status }: RungPorts) {
  return strategy?.unfit?.(service, await status());
}

async function whyNotNow(
  name: string,
  service: Service,
  context: CompileContext,
  ports: RungPorts,
): Promise<string | undefined> {
  const unfit = await unfitNow(ports.strategies.get(name), service, ports);
  if (unfit !== undefined) return unfit;
  try {
    await compileSteps(strategist(service, ports.strategies, ports)(name) ?? [], context, name);
    return undefined;
  } catch (error) {
    if (error instanceof NotPossibleNow) return error.message;
    throw error;
  }
}
