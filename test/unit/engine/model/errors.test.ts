import { expect, test } from '@jest/globals';
import { InvalidInput, NotFound, UserError } from '../../../../src/engine/model/errors.js';

test('a bad field is one sentence with field, value and what is allowed, and the same as facts', () => {
  const error = new InvalidInput('priority', 11, 'a whole number from 1 to 10');
  expect(error).toBeInstanceOf(UserError);
  expect(error.message).toBe('priority: 11 is not allowed; expected a whole number from 1 to 10.');
  expect(error.facts).toEqual({ field: 'priority', value: '11', allowed: 'a whole number from 1 to 10' });
});

test('a value that is missing is called missing', () => {
  expect(new InvalidInput('port', undefined, 'a number').message).toBe(
    'port: missing is not allowed; expected a number.',
  );
});

test('a long value is cut, so that a file pasted by accident stays out of the message', () => {
  expect(new InvalidInput('name', 'x'.repeat(5_000), 'a name').message.length).toBeLessThan(150);
});

test('something unknown is named, with what was probably meant', () => {
  expect(new NotFound('service', 'rediss', 'redis').message).toBe('No service "rediss". Did you mean redis?');
  expect(new NotFound('service', 'kafka').message).toBe('No service "kafka".');
});
