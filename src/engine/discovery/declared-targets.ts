import { z } from 'zod';
import type { JsonObject } from '../model/json.js';
import type { TargetState } from '../model/plan.js';
import type { Declaration, Service } from '../model/service.js';
import { placeInWords } from './labels.js';

const kubernetesPlace = z
  .object({
    namespace: z.string(),
    kind: z.enum(['deployment', 'statefulset', 'daemonset']),
    name: z.string(),
    context: z.string().optional(),
  })
  .transform(({ context, ...place }) => ({ ...place, ...(context === undefined ? {} : { context }) }));

const factsSchema = z.object({
  declared: z.object({
    container: z.string(),
    labels: z.record(z.string(), z.string()),
    kubernetes: kubernetesPlace.optional(),
  }),
});

/**
 * What a plan remembers of a service that no configuration names: from it the service is known to whoever takes the
 * recovery over, also when its container is gone by then.
 */
export function factsOf(service: Service | undefined): JsonObject {
  if (!service?.declared) return {};
  const { container, labels, kubernetes } = service.declared;
  return { declared: { container, labels, ...(kubernetes ? { kubernetes: { ...kubernetes } } : {}) } };
}

export function declaredIn({ facts }: Pick<TargetState, 'facts'>): Declaration | undefined {
  const found = factsSchema.safeParse(facts).data?.declared;
  if (!found) return undefined;
  const { kubernetes, ...declared } = found;
  return { ...declared, ...(kubernetes ? { kubernetes } : {}) };
}

/** What is another now, for people: `its label reviver.health`; undefined when nothing is. */
export function declaredOtherwise(was: TargetState, is: TargetState | undefined): string | undefined {
  const [before, now] = [declaredIn(was), is && declaredIn(is)];
  if (!before && !now) return undefined;
  if (!now) return 'its place: no container declares it';
  if (!before) return 'its place: it was in the configuration';
  if (placeOf(before) !== placeOf(now)) return now.kubernetes ? 'its workload' : 'its container';
  const names = new Set([...Object.keys(before.labels), ...Object.keys(now.labels)]);
  const changed = [...names].filter((name) => before.labels[name] !== now.labels[name]).sort();
  return changed.length > 0 ? `its label ${changed.join(', ')}` : undefined;
}

const placeOf = (declared: Declaration): string => placeInWords({ ...declared, name: declared.container });
