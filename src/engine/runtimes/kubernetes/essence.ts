import type { Template } from './schema.js';

/** The template without what restarts and stops leave in it, for telling whether two are the same. */
export function essence({ metadata, spec }: Template): Template {
  const { 'reviver.stopped': ___, ...nodes } = spec.nodeSelector ?? {};
  const { nodeSelector: ____, ...elsewhere } = spec;
  const nodeSelector = Object.keys(nodes).length > 0 ? { nodeSelector: nodes } : {};
  const { annotations = {}, labels = {}, ...more } = metadata ?? {};
  const { 'pod-template-hash': _, ...kept } = labels;
  const { [RESTARTED_AT]: __, ...own } = annotations;
  return { spec: { ...elsewhere, ...nodeSelector }, metadata: { ...more, labels: kept, annotations: own } };
}

/** As `kubectl rollout restart` marks it: a template with another time is another template. */
export const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';
