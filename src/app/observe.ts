import { factsOf } from '../engine/discovery/declared-targets.js';
import type { TargetState } from '../engine/model/plan.js';
import type { Service } from '../engine/model/service.js';
import type { Runtime } from '../engine/runtimes/runtime.js';

/** What the targets of a plan look like now. One that cannot be looked at is `unknown`, which is a state too. */
export async function observeTargets(
  names: readonly string[],
  services: readonly Service[],
  runtime: (service: string) => Runtime,
): Promise<TargetState[]> {
  return Promise.all(
    names.map(async (service) => {
      const known = services.find(({ name }) => name === service);
      const target = { service, runtime: known?.runtime ?? 'unknown', facts: factsOf(known) };
      try {
        const { status } = await runtime(service).status(AbortSignal.timeout(3_000));
        return { ...target, status };
      } catch {
        return { ...target, status: 'unknown' };
      }
    }),
  );
}
