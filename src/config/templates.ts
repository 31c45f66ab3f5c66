import type { Runbook } from '../engine/planner/runbook.js';

/**
 * The planner document's templates say by their steps alone what they are for: one without any match rule is for the configured
 * services that its short steps name, `stop_service: redis`. Runbooks in files say it themselves.
 */
export function withServicesNamed(template: Runbook, services: readonly { name: string }[]): Runbook {
  const { match, steps } = template;
  if ([...match.services, ...match.alerts, ...match.symptoms].length > 0) return template;
  const named = steps.flatMap((step) => {
    const [, object] = (typeof step === 'string' && /^\s*\w+_service\s*:\s*([^{}]*\S)\s*$/.exec(step)) || [];
    return services.some(({ name }) => name === object) && object !== undefined ? [object] : [];
  });
  return { ...template, match: { ...match, services: [...new Set(named)] } };
}
