import { describe, expect, test } from '@jest/globals';
import { isInternal, problemJson, problemOf } from '../../../src/api/problem.js';
import { ERRORS, type ErrorCode, InvalidInput, UserError } from '../../../src/engine/model/errors.js';

describe('a problem document', () => {
  test.each(Object.keys(ERRORS) as ErrorCode[])('%s has the status of the one table', (code) => {
    const { status, body } = problemOf(new UserError(code, 'It did not work.'), '/x', 'id');
    expect(status).toBe(ERRORS[code].http);
    expect(problemJson.parse(body)).toEqual({
      type: `urn:reviver:problem:${code}`,
      title: ERRORS[code].title,
      status: ERRORS[code].http,
      detail: 'It did not work.',
      instance: '/x',
      code,
    });
  });

  test('carries the facts of the error', () => {
    expect(problemOf(new InvalidInput('priority', 11, 'at most 10'), '/x', 'id').body).toMatchObject({
      field: 'priority',
      value: '11',
    });
  });

  test('is not overwritten by facts', () => {
    const error = new UserError('conflict', 'Taken.', { status: 200, type: 'x', code: 'ok', title: 'fine' });
    expect(problemOf(error, '/x', 'id').body).toMatchObject({ status: 409, code: 'conflict', title: 'Conflict' });
  });

  test.each([new Error('secret'), 'secret', null, Object.assign(new Error('secret'), { status: 418 })])(
    'says nothing about what nobody expected: %p',
    (error) => {
      const problem = problemOf(error, '/x', 'id-1');
      expect(isInternal(problem)).toBe(true);
      expect(problem.body).toMatchObject({ status: 500, id: 'id-1' });
      expect(JSON.stringify(problem)).not.toContain('secret');
    },
  );
});
