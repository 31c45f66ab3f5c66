import type { z } from 'zod';
import type { Callbacks } from '../callbacks.js';
import type { Limits } from '../limits.js';
import type { UpdateQueue } from '../update-queue.js';
import type { Webhook } from '../webhook.js';
import type { World } from '../world.js';

export interface MethodParts {
  world: World;
  queue: UpdateQueue;
  limits: Limits;
  callbacks: Callbacks;
  webhook: Webhook;
  /** Command menus, by scope and language. */
  menus: Map<string, { command: string; description: string }[]>;
}

/** A row of the table of methods: what it takes, and what it does. `gone` aborts when the caller hangs up. */
export interface Method {
  parameters: z.ZodType;
  run(given: unknown, parts: MethodParts, gone: AbortSignal): unknown;
}

export function method<Schema extends z.ZodType>(
  parameters: Schema,
  run: (given: z.output<Schema>, parts: MethodParts, gone: AbortSignal) => unknown,
): Method {
  return { parameters, run: (given, parts, gone) => run(parameters.parse(given), parts, gone) };
}
