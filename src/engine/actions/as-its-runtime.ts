import type { ActionContext } from './action.js';

/** `spawns` of what a service's runtime does. */
export function asItsRuntime({ service }: { service: string }, { runtime }: Pick<ActionContext, 'runtime'>): boolean {
  return runtime(service).spawns ?? false;
}
