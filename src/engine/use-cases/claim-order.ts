import type { Service } from '../model/service.js';

/**
 * Services in the order in which every recovery claims them: dependencies first, names where that leaves a choice. One
 * order for all keeps two recoveries from waiting for each other.
 */
export function claimOrder(names: readonly string[], services: readonly Service[]): string[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  const order: string[] = [];
  const visit = (name: string): void => {
    if (order.includes(name)) return;
    for (const dependency of [...(byName.get(name)?.dependsOn ?? [])].sort()) visit(dependency);
    order.push(name);
  };
  const wanted = new Set(names);
  for (const name of [...new Set([...byName.keys(), ...wanted])].sort()) visit(name);
  return order.filter((name) => wanted.has(name));
}
