import type { Service } from '../model/service.js';
import { holds } from '../planner/expressions.js';
import type { IncomingAlert } from './incoming.js';

/** `alerts.match` of the configuration: the first whose condition holds names the service. */
export interface MatchRule {
  /** CEL over `alert`: name, source, status, severity, says, labels. */
  when: string;
  service: string;
}

/**
 * The service that an alert is about: by a rule, by what it says itself, by the container, job, workload or address in its
 * labels. undefined: by nothing that is known, or by several. A rule that cannot be judged, such as one about a label that this
 * alert lacks, does not hold.
 */
export async function serviceOf(
  alert: IncomingAlert,
  services: readonly Service[],
  rules: readonly MatchRule[],
): Promise<string | undefined> {
  const known = new Map(services.map(({ name }) => [name.toLowerCase(), name]));
  for (const [index, { when, service }] of rules.entries()) {
    const name = known.get(service.toLowerCase());
    if (name !== undefined && (await holdsFor(alert, when, index))) return name;
  }
  const said = saidService(alert);
  if (said !== undefined && known.has(said.toLowerCase())) return known.get(said.toLowerCase());
  for (const clue of CLUES) {
    const found = services.filter((service) => clue(alert.labels, service));
    if (found.length === 1) return found[0]?.name;
  }
  return undefined;
}

/** In the alert's own words. */
export function saidService({ service, labels }: Pick<IncomingAlert, 'service' | 'labels'>): string | undefined {
  return service || labels.reviver_service || labels.service || labels.service_name || undefined;
}

function holdsFor(alert: IncomingAlert, when: string, index: number): Promise<boolean> {
  const { name, source, status, severity = '', says, labels } = alert;
  const facts = { alert: { name, source, status, severity: String(severity), says, labels: { ...labels } } };
  return holds(when, facts, `alerts.match[${index}].when`).catch(() => false);
}

type Labels = Readonly<Record<string, string>>;

const CLUES: readonly ((labels: Labels, service: Service) => boolean)[] = [
  ({ container, container_name, container_label_com_docker_compose_service: composed, name }, service) =>
    [container, container_name, name].some(
      (given) => given !== undefined && given === (service.containerName ?? service.name),
    ) ||
    (composed !== undefined && composed === service.compose?.service),
  ({ deployment, statefulset, daemonset, namespace }, { kubernetes }) =>
    kubernetes !== undefined &&
    { deployment, statefulset, daemonset }[kubernetes.kind] === kubernetes.name &&
    (namespace === undefined || namespace === kubernetes.namespace),
  ({ job }, { name }) => job === name,
  ({ instance = '' }, service) => addressesOf(service).has(withoutScheme(instance)),
];

/** Where its health is asked for: an exporter's or the service's own address. */
function addressesOf({ health }: Service): Set<string> {
  return new Set(health.flatMap(({ url }) => (url !== undefined && URL.canParse(url) ? new URL(url).host : [])));
}

function withoutScheme(instance: string): string {
  return URL.canParse(instance) && instance.includes('://') ? new URL(instance).host : instance;
}
