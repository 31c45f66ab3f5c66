import type { Service } from '../../model/service.js';
import { type LongStep, longForm, type RunbookStep } from '../runbook.js';
import type { Strategy } from './strategy.js';

const NAME = 'hybrid';
/** How long a rung may take to show that it helped. */
const LOOK_FOR = '15s';

/**
 * The service's strategies one after the other, until it is healthy: each rung ends with a look, and the next one is
 * skipped when that found it well. At most `max_recovery_attempts` rungs; what the last one did is verified by the plan.
 */
export const hybrid: Strategy = {
  name: NAME,
  description: 'One strategy after the other until the service is healthy, what worked before first',
  rungs,
  compile(service, { order, stepsOf, long }) {
    // Without a health check nobody could tell when to stop; with one strategy there is nothing to climb.
    const most = Math.min(rungs(service).length, service.maxRecoveryAttempts);
    if (service.health.length === 0 || most < 2) return undefined;
    const possible = order(rungs(service))
      .map((name) => ({ name, steps: stepsOf(name) ?? [] }))
      .filter(({ steps }) => steps.length > 0)
      .slice(0, service.maxRecoveryAttempts);
    if (possible.length === 0) return undefined;
    return possible.flatMap(({ name, steps }, index) => {
      const before = possible.slice(0, index).map((rung) => checkOf(rung.name));
      const last = index === possible.length - 1;
      return [...rungSteps(name, steps.map(long), before), ...(last ? [] : [lookAt(name, service.name, before)])];
    });
  },
};

function rungs({ recoveryStrategies }: Service): string[] {
  return recoveryStrategies.filter((name) => name !== NAME);
}

function rungSteps(name: string, steps: readonly LongStep[], checks: readonly string[]): RunbookStep[] {
  return steps.map((step, index) => {
    const previous = index === 0 ? [] : [`steps.${stepOf(name, index - 1)}.state == 'succeeded'`];
    const when = [...notWellYet(checks), ...previous].join(' && ');
    return {
      ...step,
      id: stepOf(name, index),
      on_failure: 'continue' as const,
      ...(when ? { when } : {}),
    };
  });
}

function lookAt(name: string, service: string, checks: readonly string[]): RunbookStep {
  const when = notWellYet(checks).join(' && ');
  return {
    ...longForm({ action: 'check_health', with: { service, within: LOOK_FOR } }),
    id: checkOf(name),
    name: `Is ${service} well after ${name}?`,
    on_failure: 'continue',
    ...(when ? { when } : {}),
  };
}

function notWellYet(checks: readonly string[]): string[] {
  return checks.map((id) => `steps.${id}.state != 'succeeded'`);
}

const checkOf = (name: string) => `check_${word(name)}`;
const stepOf = (name: string, index: number) => `${word(name)}_${index + 1}`;
/** Conditions name steps, and a hyphen in a name would be a minus. */
const word = (name: string) => name.replace(/\W/g, '_');
