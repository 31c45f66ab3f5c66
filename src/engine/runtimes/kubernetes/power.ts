import type { KubernetesPlace } from '../../model/service.js';
import { marked, sizeBefore } from './marks.js';
import { isTurnedOff, KINDS } from './place.js';
import type { Template, Workload } from './schema.js';

/** A DaemonSet runs wherever its template lets it: this is a node that there is not. */
const NOWHERE = { 'reviver.stopped': 'true' };

/** The size is remembered, since the cluster forgets it. */
export function turnedOff(place: KubernetesPlace, found: Workload): Workload | undefined {
  if (isTurnedOff(place.kind, found)) return undefined;
  if (KINDS[place.kind].sized)
    return marked({ ...found, spec: { ...found.spec, replicas: 0 } }, { size: found.spec.replicas ?? 1 });
  const { template } = found.spec;
  const nodeSelector = { ...template.spec.nodeSelector, ...NOWHERE };
  return withTemplate(found, { ...template, spec: { ...template.spec, nodeSelector } });
}

/** With as many pods as before it was stopped, at least one. */
export function turnedOn(place: KubernetesPlace, found: Workload): Workload {
  if (KINDS[place.kind].sized)
    return marked({ ...found, spec: { ...found.spec, replicas: sizeBefore(found) ?? 1 } }, {});
  const { 'reviver.stopped': _, ...nodeSelector } = found.spec.template.spec.nodeSelector ?? {};
  const { template } = found.spec;
  return withTemplate(found, { ...template, spec: { ...template.spec, nodeSelector } });
}

export function withTemplate(found: Workload, template: Template): Workload {
  return { ...found, spec: { ...found.spec, template } };
}
