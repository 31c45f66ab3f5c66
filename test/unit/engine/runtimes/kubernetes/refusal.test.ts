import { describe, expect, test } from '@jest/globals';
import { ActionError, UnknownOutcome } from '../../../../../src/engine/actions/action.js';
import { inDoubt, refusalOf, unanswered } from '../../../../../src/engine/runtimes/kubernetes/refusal.js';

const place = { server: new URL('https://10.0.0.1:6443'), context: 'shop' };
const body = (message: string) => JSON.stringify({ kind: 'Status', message });
const coded = (code: string) => Object.assign(new Error(code), { code });

describe('a refusal of the cluster', () => {
  test.each<[number, string, RegExp]>([
    [401, 'Unauthorized', /does not accept the credentials of context shop, so it did not scale web\. Renew them/],
    [
      403,
      'deployments.apps "web" is forbidden: User "x" cannot update resource "deployments" in API group "apps"',
      /Reviver may not scale web: .*a Role must allow it \(deploy\/kubernetes\/rbac\.yaml/,
    ],
    [403, 'exceeded quota: pods=10', /The cluster does not allow to scale web: exceeded quota: pods=10\./],
    [422, 'Deployment.apps "web" is invalid', /The cluster refused to scale web: Deployment\.apps "web" is invalid\./],
    [429, 'too many requests', /has too much to do/],
  ])('%s is told in words that help', (status, message, words) => {
    const refusal = refusalOf('scale web', status, body(message), place);
    expect(refusal.message).toMatch(words);
    expect(refusal.options.retryable).toBe(status === 429);
  });

  test('is told also when it is no answer of a cluster', () => {
    expect(refusalOf('scale web', 502, '<html>Bad gateway</html>', place).message).toContain('Bad gateway');
  });
});

describe('no answer', () => {
  test('to a request that was never sent is a failure; of a change that was sent, nothing is known', () => {
    expect(unanswered(coded('ECONNREFUSED'), 'scale web', place, false)).toMatchObject({
      message: expect.stringMatching(/cannot be reached \(nothing answers there\), so it did not scale web/),
    });
    expect(unanswered(coded('ECONNRESET'), 'scale web', place, false)).toBeInstanceOf(UnknownOutcome);
    expect(unanswered(coded('ECONNRESET'), 'read web', place, true)).toBeInstanceOf(ActionError);
  });

  test('after a change leaves that change in doubt, while a refusal does not', async () => {
    const away = unanswered(coded('ECONNREFUSED'), 'read web', place, true);
    await expect(inDoubt(() => Promise.reject(away))).rejects.toBeInstanceOf(UnknownOutcome);
    const refused = refusalOf('read web', 403, body('no'), place);
    await expect(inDoubt(() => Promise.reject(refused))).rejects.toBe(refused);
  });
});
