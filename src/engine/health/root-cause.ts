import type { Service } from '../model/service.js';

/** `doubted`: not unhealthy yet, but its last check failed, or it did not answer when it was asked. */
export type Condition = 'well' | 'doubted' | 'ill';

/** Why a service is ill: by itself, because of another one, or that is not known before `of` was judged. */
export type Cause = { is: 'itself' } | { is: 'dependency'; of: string } | { is: 'not known yet'; of: string };

/**
 * Looks along the dependencies of an ill service for the one that began it: the ill one with no ill one below. What is
 * not checked tells nothing, and is looked through; what is well cannot be why.
 */
export function causeOf(
  service: string,
  services: ReadonlyMap<string, Pick<Service, 'dependsOn'>>,
  /** Undefined: nobody checks it. */
  condition: (service: string) => Condition | undefined,
): Cause {
  const seen = new Set([service]);
  let open: string | undefined;

  function below(name: string): string | undefined {
    for (const dependency of services.get(name)?.dependsOn ?? []) {
      if (seen.has(dependency)) continue;
      seen.add(dependency);
      const is = condition(dependency);
      if (is === 'well') continue;
      const deeper = below(dependency);
      if (deeper !== undefined) return deeper;
      if (is === 'ill') return dependency;
      if (is === 'doubted') open ??= dependency;
    }
    return undefined;
  }

  const root = below(service);
  // A doubted one may turn out to be below the ill one that was found: then that is told later, not wrongly now.
  // Two that depend on each other would each wait for the other to be told of.
  if (root !== undefined && !needsOf(root, services).includes(service)) return { is: 'dependency', of: root };
  if (root !== undefined) return { is: 'itself' };
  return open === undefined ? { is: 'itself' } : { is: 'not known yet', of: open };
}

/** Every service that this one needs, however indirectly. */
export function needsOf(service: string, services: ReadonlyMap<string, Pick<Service, 'dependsOn'>>): string[] {
  const found = new Set<string>();
  const follow = (name: string): void => {
    for (const dependency of services.get(name)?.dependsOn ?? []) {
      if (dependency === service || found.has(dependency)) continue;
      found.add(dependency);
      follow(dependency);
    }
  };
  follow(service);
  return [...found];
}
