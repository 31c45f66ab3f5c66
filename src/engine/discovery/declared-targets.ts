import { z } from 'zod';
import type { JsonObject } from '../model/json.js';
import type { TargetState } from '../model/plan.js';
import type { Declaration, Service } from '../model/service.js';

const factsSchema = z.object({
  declared: z.object({ container: z.string(), labels: z.record(z.string(), z.string()) }),
});

/**
 * What a plan remembers of a service that no configuration names: from it the service is known to whoever takes the
 * recovery over, also when its container is gone by then.
 */
export function factsOf(service: Service | undefined): JsonObject {
  if (!service?.declared) return {};
  const { container, labels } = service.declared;
  return { declared: { container, labels } };
}

export function declaredIn({ facts }: Pick<TargetState, 'facts'>): Declaration | undefined {
  return factsSchema.safeParse(facts).data?.declared;
}

/** What is another now, for people: `its label reviver.health`; undefined when nothing is. */
export function declaredOtherwise(was: TargetState, is: TargetState | undefined): string | undefined {
  const [before, now] = [declaredIn(was), is && declaredIn(is)];
  if (!before && !now) return undefined;
  if (!now) return 'its place: no container declares it';
  if (!before) return 'its place: it was in the configuration';
  if (before.container !== now.container) return 'its container';
  const names = new Set([...Object.keys(before.labels), ...Object.keys(now.labels)]);
  const changed = [...names].filter((name) => before.labels[name] !== now.labels[name]).sort();
  return changed.length > 0 ? `its label ${changed.join(', ')}` : undefined;
}
