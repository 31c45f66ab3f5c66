import { parse } from '@marcbachmann/cel-js';
import { STRATEGIES } from '../engine/model/service.js';
import { nearest } from '../engine/planner/nearest.js';
import type { Problem } from '../engine/yaml/problem.js';
import { findCycle } from './cycle.js';
import type { RawConfig } from './schema.js';
import { conditionOf } from './service.js';
import { disksAreDeep, healthTargets, places, sizesAscend } from './service-checks.js';

/** What no single field can tell: names that repeat or lead nowhere, cycles, sections that do not fit. */
export function crossCheck(raw: RawConfig): Problem[] {
  return CHECKS.flatMap((check) => check(raw));
}

const CHECKS: ((raw: RawConfig) => Problem[])[] = [
  duplicateServices,
  unknownDependencies,
  dependencyCycle,
  unknownMaintained,
  unknownStandby,
  places,
  healthTargets,
  sizesAscend,
  disksAreDeep,
  unknownStrategies,
  duplicatePeople,
  unknownPools,
  unknownBackups,
  freezes,
  unknownPolicies,
  levelsAscend,
  unknownMatches,
  mappings,
  conditions,
];

function duplicateServices({ services }: RawConfig): Problem[] {
  return repeated(services.map(({ name }) => name)).map(({ index, value, first }) => ({
    path: ['services', index, 'name'],
    says: `"${value}" is the name of services[${first}] already; names must differ`,
  }));
}

function unknownDependencies({ services }: RawConfig): Problem[] {
  const names = services.map(({ name }) => name);
  return services.flatMap(({ depends_on }, index) =>
    depends_on.flatMap((name, position) =>
      unknown(['services', index, 'depends_on', position], 'service', name, names),
    ),
  );
}

function unknownMaintained({ maintenance, services }: RawConfig): Problem[] {
  const names = services.map(({ name }) => name);
  return maintenance.flatMap((one, index) =>
    one.services.flatMap((name, position) =>
      unknown(['maintenance', index, 'services', position], 'service', name, names),
    ),
  );
}

/** What takes over is another service, whose health is looked at before anything is done. */
function unknownStandby({ services }: RawConfig): Problem[] {
  return services.flatMap(({ name, failover }, index): Problem[] => {
    if (!failover) return [];
    const path = ['services', index, 'failover', 'to'];
    if (failover.to === name) return [{ path, says: 'is the service itself; expected the one that stands by' }];
    const standby = services.find((service) => service.name === failover.to);
    if (standby && standby.health.length === 0 && !standby.health_check_url)
      return [
        { path, says: `names ${standby.name}, which has no health check: nobody could tell whether it may take over` },
      ];
    return unknown(
      path,
      'service',
      failover.to,
      services.map((service) => service.name),
    );
  });
}

function dependencyCycle({ services }: RawConfig): Problem[] {
  const cycle = findCycle(new Map(services.map(({ name, depends_on }) => [name, depends_on])));
  if (!cycle) return [];
  const index = services.findIndex(({ name }) => name === cycle[0]);
  return [
    {
      path: ['services', index, 'depends_on'],
      says: `services depend on each other in a circle: ${cycle.join(' -> ')}`,
    },
  ];
}

/** An extension may bring strategies of its own, which are known only when it was loaded. */
function unknownStrategies({ services, extensions }: RawConfig): Problem[] {
  if (extensions.length > 0) return [];
  return services.flatMap(({ recovery_strategies }, index) =>
    recovery_strategies.flatMap((name, position) =>
      unknown(['services', index, 'recovery_strategies', position], 'strategy', name, STRATEGIES),
    ),
  );
}

/** One person is one principal: neither a name nor an id may stand for two. */
function duplicatePeople({ people }: RawConfig): Problem[] {
  const keys = ['name', 'slack', 'telegram', 'console', 'pagerduty'] as const;
  return keys.flatMap((key) =>
    repeated(people.map((person) => person[key]?.toLowerCase())).map(({ index, first }) => ({
      path: ['people', index, key],
      says: `is that of people[${first}] already; two people would be one`,
    })),
  );
}

function unknownPools({ templates, pools }: RawConfig): Problem[] {
  return templates.flatMap(({ steps }, index) =>
    steps.flatMap((step, position) =>
      typeof step === 'string' || step.pool === undefined
        ? []
        : unknown(['templates', index, 'steps', position, 'pool'], 'pool', step.pool, pools),
    ),
  );
}

function unknownBackups({ backups, services }: RawConfig): Problem[] {
  const names = services.map(({ name }) => name);
  return Object.entries(backups).flatMap(([key, { service }]) =>
    unknown(['backups', key, 'service'], 'service', service, names),
  );
}

function freezes({ freeze, services }: RawConfig): Problem[] {
  const names = services.map(({ name }) => name);
  return freeze.flatMap((one, index) =>
    (one.services ?? []).flatMap((name, position) =>
      unknown(['freeze', index, 'services', position], 'service', name, names),
    ),
  );
}

function unknownPolicies({ services, escalation }: RawConfig): Problem[] {
  const names = Object.keys(escalation.policies);
  return services.flatMap(({ escalation: policy }, index) =>
    policy === undefined || policy === 'default'
      ? []
      : unknown(['services', index, 'escalation'], 'escalation policy', policy, names),
  );
}

/** A level before the one above it would never be a later word. */
function levelsAscend({ escalation }: RawConfig): Problem[] {
  return Object.entries(escalation.policies).flatMap(([policy, stages]) =>
    stages.flatMap(({ after }, index): Problem[] => {
      const earlier = stages[index - 1]?.after ?? 0;
      if (after >= earlier) return [];
      const says = 'is before the level above it; levels are told one after the other, each `after` the beginning';
      return [{ path: ['escalation', 'policies', policy, index, 'after'], says }];
    }),
  );
}

/** An alert can only be about a service that there is. */
function unknownMatches({ alerts, services }: RawConfig): Problem[] {
  const names = services.map(({ name }) => name);
  return alerts.match.flatMap(({ service }, index) =>
    unknown(['alerts', 'match', index, 'service'], 'service', service, names),
  );
}

/** What is no JSON pointer is CEL. */
function mappings({ alerts }: RawConfig): Problem[] {
  const repeats = repeated(alerts.generic.map(({ name }) => name)).map(({ index, value, first }) => ({
    path: ['alerts', 'generic', index, 'name'],
    says: `"${value}" is the name of generic[${first}] already; names must differ`,
  }));
  const wrong = alerts.generic.flatMap(({ mapping }, index) =>
    Object.entries(mapping).flatMap(([field, place]) => {
      const reason = place.startsWith('/') ? undefined : syntaxError(place);
      const path = ['alerts', 'generic', index, 'mapping', field];
      return reason ? [{ path, says: `${JSON.stringify(place)} is neither a JSON pointer nor CEL (${reason})` }] : [];
    }),
  );
  return [...repeats, ...wrong];
}

function conditions({ approvals, services, alerts }: RawConfig): Problem[] {
  const given = [
    ...(approvals.rules ?? []).map(({ when }, index) => ({ path: ['approvals', 'rules', index, 'when'], when })),
    ...services.map(({ auto_recover }, index) => ({
      path: ['services', index, 'auto_recover'],
      when: conditionOf(auto_recover),
    })),
    ...alerts.match.map(({ when }, index) => ({ path: ['alerts', 'match', index, 'when'], when })),
  ];
  return given.flatMap(({ path, when }) => {
    const reason = when === undefined || when === 'never' ? undefined : syntaxError(when);
    return reason ? [{ path, says: `${JSON.stringify(when)} is not a CEL condition (${reason})` }] : [];
  });
}

function syntaxError(expression: string): string | undefined {
  try {
    parse(expression);
    return undefined;
  } catch (error) {
    return String(error instanceof Error ? error.message : error).split('\n')[0];
  }
}

function unknown(path: PropertyKey[], what: string, name: string, known: readonly string[]): Problem[] {
  if (known.includes(name)) return [];
  const list = known.length > 0 ? `known are ${known.join(', ')}` : 'none is configured';
  return [{ path, says: `no ${what} "${name}"; ${list}`, meant: nearest(name, known) }];
}

function repeated(values: (string | undefined)[]): { index: number; first: number; value: string }[] {
  return values.flatMap((value, index) => {
    const first = values.indexOf(value);
    return value !== undefined && first < index ? [{ index, first, value }] : [];
  });
}
