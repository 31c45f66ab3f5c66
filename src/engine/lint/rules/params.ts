import type { Runbook } from '../../planner/runbook.js';
import type { Rule } from '../rule.js';

type Param = Runbook['params'][string];

export const badDefault: Rule = {
  id: 'bad-default',
  severity: 'error',
  why: 'A default that its own type or choices refuse makes every plan fail that does not name another value.',
  fix: 'Let the default be of the type, and one of the choices.',
  find: ({ runbook }) =>
    Object.entries(runbook.params).flatMap(([name, param]) => {
      const says = objection(param);
      return says ? [{ path: ['params', name, 'default'], says }] : [];
    }),
};

function objection({ type, default: given, enum: choices }: Param): string | undefined {
  if (given === undefined) return undefined;
  if (type === 'number' && !Number.isFinite(Number(given))) return `${JSON.stringify(given)} is no number`;
  if (type === 'boolean' && !/^(true|false)$/.test(String(given)))
    return `${JSON.stringify(given)} is neither true nor false`;
  const among = choices?.some((choice) => String(choice) === String(given)) ?? true;
  return among ? undefined : `${JSON.stringify(given)} is not one of ${choices?.join(', ')}`;
}
