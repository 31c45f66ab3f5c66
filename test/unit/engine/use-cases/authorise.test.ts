import { expect, test } from '@jest/globals';
import { UserError } from '../../../../src/engine/model/errors.js';
import type { Role } from '../../../../src/engine/model/person.js';
import { requireRole } from '../../../../src/engine/use-cases/authorise.js';

const who = (...roles: Role[]) => ({ name: 'Ann', roles, human: true, via: 'console' });

test('one of the roles is enough', () => {
  expect(() => requireRole(who('viewer', 'approver'), ['responder', 'approver'], 'acknowledge')).not.toThrow();
});

test('roles do not imply each other: an admin is no responder', () => {
  const refuse = () => requireRole(who('admin', 'lead'), ['responder', 'bootstrap'], 'start a recovery');
  expect(refuse).toThrow(UserError);
  expect(refuse).toThrow(
    'You may not start a recovery: that takes the role responder or bootstrap. You are admin, lead.',
  );
});

test('whoever has no role at all is told so', () => {
  expect(() => requireRole(who(), ['viewer'], 'see plans')).toThrow(
    'You may not see plans: that takes the role viewer. You have no role.',
  );
});
