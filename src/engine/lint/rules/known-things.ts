import { nearest } from '../../planner/nearest.js';
import type { Found, Rule } from '../rule.js';
import type { LintCall, LintStep } from '../steps.js';
import type { Subject } from '../subject.js';

export const unknownAction: Rule = {
  id: 'unknown-action',
  severity: 'error',
  why: 'An action that does not exist cannot be planned.',
  fix: 'Name one of the actions in docs/runbooks.md, or load the extension that brings it.',
  find: ({ steps, surroundings }) =>
    callsOf(steps).flatMap(({ action, name, path }) =>
      action
        ? []
        : [strange([...path, 'action'], 'action', name, [...surroundings.actions.keys(), 'parallel', 'sub_runbook'])],
    ),
};

export const unknownRunbook: Rule = {
  id: 'unknown-runbook',
  severity: 'error',
  why: 'A sub_runbook that does not exist cannot be planned.',
  fix: 'Name the id of another runbook.',
  find: ({ steps, surroundings }) =>
    steps.flatMap(({ subRunbook, path }) => {
      if (subRunbook === undefined || (typeof subRunbook === 'string' && subRunbook.includes('{{'))) return [];
      const ids = surroundings.runbooks.map(({ id }) => id);
      return ids.some((id) => id === subRunbook)
        ? []
        : [strange([...path, 'with', 'runbook'], 'runbook', String(subRunbook), ids)];
    }),
};

export const unreachablePool: Rule = {
  id: 'unreachable-pool',
  severity: 'error',
  why: 'No worker serves a pool that the configuration does not list: the step would wait for ever.',
  fix: 'Name a pool of the configuration, or add it to "pools" there.',
  find: ({ steps, surroundings: { configured } }) =>
    steps.flatMap(({ long, path }) => {
      const pool = long?.pool;
      if (!configured || pool === undefined || configured.pools.includes(pool)) return [];
      return [strange([...path, 'pool'], 'pool', pool, configured.pools)];
    }),
};

export const unknownService: Rule = {
  id: 'unknown-service',
  severity: 'error',
  why: 'What a step touches is claimed, so it must be a service of the configuration.',
  fix: 'Correct the name, or add the service to the configuration.',
  find: ({ steps, surroundings: { configured }, standIn }) => {
    if (!configured) return [];
    const names = configured.services.map(({ name }) => name);
    return callsOf(steps).flatMap((call) =>
      servicesOf(call, configured.backups)
        .filter((name) => name !== standIn && !names.includes(name))
        .map((name) => strange(call.path, 'service', name, names)),
    );
  },
};

export const unmatchedService: Rule = {
  id: 'unmatched-service',
  severity: 'warning',
  why: 'A runbook is never chosen for a service that does not exist.',
  fix: 'Correct the name under match.services.',
  find({ runbook: { match }, surroundings: { configured } }: Subject) {
    if (!configured) return [];
    const names = configured.services.map(({ name }) => name);
    // Shipped ones name what such a service is usually called, and are found by alerts and symptoms, too.
    const foundOtherwise = match.alerts.length > 0 || match.symptoms.length > 0;
    if (foundOtherwise || match.services.some((name) => names.includes(name))) return [];
    return match.services.map((name, index) => strange(['match', 'services', index], 'service', name, names));
  },
};

export function callsOf(steps: readonly LintStep[]): LintCall[] {
  return steps.flatMap(({ call, verify, rollback }) =>
    [call, verify, rollback === 'none' ? undefined : rollback].filter((one) => one !== undefined),
  );
}

function servicesOf({ action, input }: LintCall, backups: Readonly<Record<string, { service: string }>>): string[] {
  if (!action || !input) return [];
  const catalog = {
    list: async () => [],
    begin: nothing,
    opened: nothing,
    data: () => {
      throw new Error(NO_LOOK);
    },
    service: (name: string) => backups[name]?.service,
    names: () => Object.keys(backups),
  };
  try {
    return action.services(input, catalog);
  } catch {
    // A backup that the configuration does not name: the plan's own words tell it.
    return [];
  }
}

const NO_LOOK = 'lint looks at no backup';
const nothing = () => Promise.reject(new Error(NO_LOOK));

function strange(path: readonly PropertyKey[], what: string, name: string, known: readonly string[]): Found {
  const guess = nearest(name, known);
  const list = known.length > 0 ? `Known are ${known.join(', ')}.` : 'There is none.';
  return { path, says: `there is no ${what} "${name}"`, mend: guess ? `Did you mean ${guess}?` : list };
}
