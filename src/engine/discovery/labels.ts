import { normaliseHealthUrl } from '../health/normalise-url.js';
import { InvalidInput } from '../model/errors.js';
import {
  CRITICALITIES,
  type Criticality,
  type HealthCheck,
  type KubernetesPlace,
  PRIORITY,
  SERVICE_NAME,
  type Service,
} from '../model/service.js';
import { nearest } from '../planner/nearest.js';
import { MARKS } from '../runtimes/kubernetes/marks.js';
import { inWords } from '../runtimes/kubernetes/place.js';

/** A container, or a workload of a cluster, as it is listed. */
export interface LabelledContainer {
  id: string;
  name: string;
  /** Of a workload its annotations, too: a label cannot hold a URL. */
  labels: Readonly<Record<string, string>>;
  /** Where a workload is. Absent: a container. */
  kubernetes?: KubernetesPlace;
  /** Seconds since 1970. */
  created: number;
}

/** What a container says of itself: a service, or what is wrong with its labels, one sentence each. */
export type Declared = { service: Service } | { problems: string[] };

export interface LabelRules {
  /** Names of strategies that a label may name. */
  strategies: readonly string[];
  /** How often a declared health check is asked. */
  intervalMs: number;
}

export const ENABLE = 'reviver.enable';

/** For people, and the same for no other one: `container web`, `deployment shop/web`. */
export function placeInWords({ name, kubernetes }: Pick<LabelledContainer, 'name' | 'kubernetes'>): string {
  if (!kubernetes) return `container ${name}`;
  return `${inWords(kubernetes)}${kubernetes.context ? ` of ${kubernetes.context}` : ''}`;
}

const TIMEOUT_MS = 4_000;
const FAILURES = 3;

/** What a label says, as a part of the service. Throws an `InvalidInput`. */
const LABELS: Record<string, (text: string, rules: LabelRules) => Partial<Service>> = {
  'reviver.name': (text) => ({ name: serviceName(text, 'reviver.name') }),
  'reviver.health': (text, rules) => ({ health: [healthCheck(text, rules)] }),
  'reviver.depends_on': (text) => ({ dependsOn: list(text).map((name) => serviceName(name, 'reviver.depends_on')) }),
  'reviver.strategies': (text, { strategies }) => ({
    recoveryStrategies: list(text).map((name) => oneOf(name, strategies, 'reviver.strategies')),
  }),
  'reviver.criticality': (text) => criticality(oneOf(text, CRITICALITIES, 'reviver.criticality')),
};

const KNOWN = [ENABLE, ...Object.keys(LABELS)];
/** Reviver's own marks on what it has made. */
const OWN: readonly string[] = ['reviver.made_by', ...MARKS];

/**
 * The service that a container's labels declare; undefined when it declares none. One wrong label, also an unknown one,
 * makes it none: a service without its health check, say, would be taken for something else than was meant.
 */
export function declaredBy({ name, labels, kubernetes }: LabelledContainer, rules: LabelRules): Declared | undefined {
  const enabled = labels[ENABLE]?.trim().toLowerCase();
  if (enabled === undefined || enabled === 'false') return undefined;
  const problems = enabled === 'true' ? [] : [`${ENABLE} is "${labels[ENABLE]}"; expected true or false`];
  const own = Object.entries(labels)
    .filter(([label]) => label.startsWith('reviver.') && !OWN.includes(label))
    .sort();
  const place: Partial<Service> = kubernetes ? { runtime: 'kubernetes', kubernetes } : { containerName: name };
  const declared = { container: name, labels: Object.fromEntries(own), ...(kubernetes ? { kubernetes } : {}) };
  let service: Service = { ...DEFAULTS, name, ...place, declared };
  for (const [label, text] of own) {
    if (label === ENABLE) continue;
    try {
      service = { ...service, ...read(label, text.trim(), rules) };
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      problems.push(`${label} is not ${error.facts.allowed}`);
    }
  }
  if (!SERVICE_NAME.test(service.name))
    problems.push(`its name is not letters, digits, ., _ and -, at most 63; give it another by reviver.name`);
  return problems.length > 0 ? { problems } : { service };
}

const DEFAULTS: Omit<Service, 'name'> = {
  runtime: 'docker',
  health: [],
  recoveryStrategies: ['restart'],
  maxRecoveryAttempts: 3,
  criticality: 'medium',
  priority: PRIORITY.medium,
  dependsOn: [],
};

function read(label: string, text: string, rules: LabelRules): Partial<Service> {
  const reader = LABELS[label];
  if (reader) return reader(text, rules);
  const guess = nearest(label, KNOWN);
  throw new InvalidInput(label, '', `a label that is known${guess ? `; did you mean ${guess}?` : ''}`);
}

/** `a, b`. */
function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function serviceName(text: string, label: string): string {
  if (SERVICE_NAME.test(text)) return text;
  throw new InvalidInput(label, text, 'the name of a service (letters, digits, ., _ and -, at most 63)');
}

function healthCheck(text: string, { intervalMs }: LabelRules): HealthCheck {
  const { type, url } = normaliseHealthUrl(text, 'reviver.health');
  return { type, url, intervalMs, timeoutMs: TIMEOUT_MS, failures: FAILURES };
}

function oneOf<Known extends string>(text: string, known: readonly Known[], label: string): Known {
  const found = known.find((name) => name === text);
  if (found !== undefined) return found;
  throw new InvalidInput(label, text, `one of ${known.join(', ')}`);
}

const criticality = (level: Criticality): Partial<Service> => ({ criticality: level, priority: PRIORITY[level] });
