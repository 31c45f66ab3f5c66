import type { JsonObject } from '../model/json.js';
import type { RuntimeStatus } from '../runtimes/runtime.js';

/** The before-state of a service that is started or stopped. */
export function statusFacts(status: RuntimeStatus): JsonObject {
  return { status: status.status, instance: status.instance, summary: status.summary };
}

/** What ran before: an instance, null for nothing, undefined when nobody looked. */
export function instanceBefore(before: JsonObject): string | null | undefined {
  const { instance } = before;
  return typeof instance === 'string' || instance === null ? instance : undefined;
}

/** `pid 4711` of a before-state, for evidence. */
export function summaryBefore(before: JsonObject): string {
  return typeof before.summary === 'string' ? before.summary : 'the instance from before';
}

export const NOBODY_LOOKED = 'nobody could look at it before the step began';
