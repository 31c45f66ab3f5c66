import { z } from 'zod';
import { type Action, ActionError } from '../../engine/actions/action.js';
import { defineAction } from '../../engine/actions/define-action.js';
import type { Service } from '../../engine/model/service.js';
import type { Strategy } from '../../engine/planner/strategies/strategy.js';

/** As the document has it: resolves with whether it helped. */
export interface CustomRecoveryStrategy {
  execute(serviceName: string, serviceConfig: Readonly<Service>, signal: AbortSignal): PromiseLike<boolean> | boolean;
  /** 0 harmless .. 1 destructive; decides who must approve. Default 0.2. */
  risk?: number;
}

/** A strategy of one step, and the action of that step. What it did when its process dies inside it, a person says (D4). */
export function customStrategy(name: string, own: CustomRecoveryStrategy): { action: Action; strategy: Strategy } {
  const action = defineAction({
    name: `strategy_${name}`,
    description: `The strategy ${name} of a program.`,
    version: 1,
    input: z.strictObject({ service: z.string() }),
    shorthand: 'service',
    risk: own.risk ?? 0.2,
    idempotent: false,
    timeoutMs: 120_000,
    services: ({ service }) => [service],
    title: ({ service }) => `${name} ${service}`,
    async run({ service }, ctx) {
      if (!(await own.execute(service, ctx.service(service), ctx.signal)))
        throw new ActionError(`the strategy ${name} says that it did not recover ${service}`);
      return {};
    },
  });
  const strategy: Strategy = {
    name,
    description: action.description,
    compile: (service) => [`${action.name}: ${service.name}`],
  };
  return { action, strategy };
}
