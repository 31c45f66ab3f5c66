import { BUILT_IN_ACTIONS } from '../../src/engine/actions/actions.js';
import { withoutRules } from '../../src/engine/constitution/constitution.js';
import { type Finding, lint, readForLint } from '../../src/engine/lint/lint.js';
import type { Surroundings } from '../../src/engine/lint/subject.js';
import { DEFAULT_POLICY } from '../../src/engine/planner/policy.js';
import { STRATEGIES } from '../../src/engine/planner/strategies/strategies.js';
import { aService } from './builders.js';

/** The surroundings of runbooks, with redis and web as services; `configured: undefined` is no configuration at all. */
export function surroundings(over: Partial<Surroundings> = {}): Surroundings {
  return {
    runbooks: [],
    actions: BUILT_IN_ACTIONS,
    strategies: STRATEGIES,
    policy: DEFAULT_POLICY,
    constitution: withoutRules('cdd01ef066bc6cf2'),
    configured: {
      services: [aService('redis'), aService('web')],
      pools: ['default', 'gpu'],
      backups: { redis_backup: { service: 'redis' } },
      recoveryTimeoutMs: 300_000,
    },
    ...over,
  };
}

/** Everything that lint says about files; each is known to the others by its id. */
export async function lintTexts(texts: readonly string[], over: Partial<Surroundings> = {}): Promise<Finding[]> {
  const read = texts.map((text, index) => readForLint(text, index === 0 ? 'a.yaml' : `${index}.yaml`));
  const written = read.flatMap((one) => (one.written ? [one.written] : []));
  const around = surroundings({ runbooks: written.map(({ runbook }) => runbook), ...over });
  const found = await Promise.all(written.map((one) => lint(one, around)));
  return [...read.flatMap((one) => (one.written ? [] : one.findings)), ...found.flat()];
}
