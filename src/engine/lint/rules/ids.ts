import type { Rule } from '../rule.js';

export const duplicateId: Rule = {
  id: 'duplicate-id',
  severity: 'error',
  why: 'An id names one thing: in commands, in conditions, and in what people read.',
  fix: 'Give each its own.',
  find: ({ runbook, steps, surroundings }) => {
    const ids = steps.map(({ long }) => long?.id);
    const same = surroundings.runbooks.filter(({ id }) => id === runbook.id).length > 1;
    return [
      ...(same ? [{ path: ['id'], says: `another runbook has the id "${runbook.id}", too` }] : []),
      ...steps.flatMap(({ path }, index) => {
        const id = ids[index];
        return id !== undefined && ids.indexOf(id) < index
          ? [{ path: [...path, 'id'], says: `another step has the id "${id}" already` }]
          : [];
      }),
    ];
  },
};
