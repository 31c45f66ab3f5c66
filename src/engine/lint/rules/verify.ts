import type { Rule } from '../rule.js';

export const noVerify: Rule = {
  id: 'no-verify',
  severity: 'error',
  why: 'After a crash nobody could tell whether the step was done: the recovery would stop and ask a person.',
  fix: 'Give it a verify that succeeds only when it was done, or "idempotent: true" when it may run twice.',
  find: ({ steps }) =>
    steps.flatMap(({ call, verify, long, path, title }) => {
      const action = call?.action;
      if (!action || action.probe || verify || (long?.idempotent ?? action.idempotent)) return [];
      return [{ path, says: `${title} leaves no trace, may not run twice, and has no verify` }];
    }),
};
