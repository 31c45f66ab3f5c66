import type { Service } from '../model/service.js';
import { declaredBy, type LabelledContainer, type LabelRules, placeInWords } from './labels.js';

/** Something about a container that people should mend. */
export interface Finding {
  container: string;
  /** Of the container: a new one of the same name is told of anew. */
  id: string;
  says: string;
}

export interface Merged {
  /** Those of the file first, in its order; then the discovered ones by name. */
  services: Service[];
  findings: Finding[];
}

interface Candidate {
  container: LabelledContainer;
  service: Service;
}

/**
 * What the file says and what containers say of themselves, together. The file wins: on the same name, and on the same
 * container. Of containers with the same name the oldest one is the service. Dependencies that lead nowhere, or round in
 * a circle, are left out. Pure: the same containers in another order give the same services.
 */
export function merge(file: readonly Service[], containers: readonly LabelledContainer[], rules: LabelRules): Merged {
  const findings: Finding[] = [];
  const tell = (container: LabelledContainer, says: string): void =>
    void findings.push({
      container: container.kubernetes ? placeInWords(container) : container.name,
      id: container.id,
      says,
    });
  const ofFile = new Set(file.map(({ name }) => name));
  const placed = new Set(file.flatMap(placeOf));
  const found = new Map<string, Candidate>();
  for (const container of [...containers].sort(oldestFirst)) {
    if (placed.has(placeInWords(container))) continue;
    const declared = declaredBy(container, rules);
    if (!declared) continue;
    if ('problems' in declared) {
      for (const problem of declared.problems) tell(container, problem);
      continue;
    }
    const { service } = declared;
    const other = found.get(service.name);
    if (ofFile.has(service.name)) tell(container, `${service.name} is a service of the configuration, which wins`);
    else if (other) tell(container, `${service.name} is the older ${placeInWords(other.container)} already`);
    else found.set(service.name, { container, service });
  }
  const discovered = [...found.values()].sort((a, b) => (a.service.name < b.service.name ? -1 : 1));
  return { services: [...file, ...withDependencies(file, discovered, tell)], findings };
}

/** The container or the workload that a service of the file is. */
function placeOf({ runtime, containerName, name, kubernetes }: Service): string[] {
  if (runtime === 'docker') return [placeInWords({ name: containerName ?? name })];
  return runtime === 'kubernetes' && kubernetes ? [placeInWords({ name, kubernetes })] : [];
}

function oldestFirst(a: LabelledContainer, b: LabelledContainer): number {
  return a.created - b.created || (`${a.id} ${a.name}` < `${b.id} ${b.name}` ? -1 : 1);
}

/** An edge is taken when both ends are there, and its end does not lead back to its beginning. */
function withDependencies(
  file: readonly Service[],
  discovered: readonly Candidate[],
  tell: (container: LabelledContainer, says: string) => void,
): Service[] {
  const edges = new Map<string, readonly string[]>(file.map(({ name, dependsOn }) => [name, dependsOn]));
  for (const { service } of discovered) edges.set(service.name, []);
  // Only what something depends on already can close a circle: of thousands of containers few are followed far.
  const pointedAt = new Set(file.flatMap(({ dependsOn }) => dependsOn));
  return discovered.map(({ container, service }) => {
    const kept: string[] = [];
    for (const needed of service.dependsOn) {
      if (!edges.has(needed)) tell(container, `reviver.depends_on names ${needed}, which is no service`);
      else if (needed === service.name || (pointedAt.has(service.name) && leadsTo(needed, service.name, edges)))
        tell(container, `reviver.depends_on names ${needed}, which depends on ${service.name} itself`);
      else kept.push(needed);
    }
    for (const needed of kept) pointedAt.add(needed);
    edges.set(service.name, kept);
    return { ...service, dependsOn: kept };
  });
}

function leadsTo(from: string, to: string, edges: ReadonlyMap<string, readonly string[]>): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === to) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    open.push(...(edges.get(at) ?? []));
  }
  return false;
}
