import { beforeEach, describe, expect, test } from '@jest/globals';
import { ActionError } from '../../../../src/engine/actions/action.js';
import { checkWithSecrets } from '../../../../src/engine/secrets/check-with-secrets.js';
import { createRecall } from '../../../../src/engine/secrets/recall.js';
import { createSecrets } from '../../../../src/engine/secrets/secrets.js';
import { aService } from '../../../support/builders.js';

const { signal } = new AbortController();
const check = {
  type: 'http' as const,
  url: 'http://u:${vault:x}@127.0.0.1:1/',
  intervalMs: 1,
  timeoutMs: 50,
  failures: 1,
};
const service = aService('web', { health: [check] });
let nowMs: number;
let asked: number;
let trouble: ActionError | undefined;

beforeEach(() => {
  nowMs = 0;
  asked = 0;
  trouble = undefined;
});

function settling() {
  const secrets = createSecrets([
    {
      scheme: 'vault',
      form: 'vault:x',
      objection: () => undefined,
      async resolve() {
        asked += 1;
        if (trouble) throw trouble;
        return `secret-${asked}`;
      },
    },
  ]);
  return createRecall(secrets, { freshMs: 30, keptMs: 100, nowMs: () => nowMs });
}

describe('what is asked every few seconds', () => {
  test('asks its source only now and then', async () => {
    const settle = settling();
    for (nowMs = 0; nowMs < 60; nowMs += 10) await settle(service, signal);
    expect(asked).toBe(2);
    expect((await settle(service, signal)).health[0]?.url).toBe('http://u:secret-3@127.0.0.1:1/');
  });

  test('goes on with what it knows while the source is away, for a time', async () => {
    const settle = settling();
    await settle(service, signal);
    trouble = new ActionError('away');
    nowMs = 90;
    expect((await settle(service, signal)).health[0]?.url).toContain('secret-1');
    nowMs = 101;
    await expect(settle(service, signal)).rejects.toThrow('away');
  });

  test('does not go on with what is refused for good', async () => {
    const settle = settling();
    await settle(service, signal);
    trouble = new ActionError('forbidden', { retryable: false });
    nowMs = 50;
    await expect(settle(service, signal)).rejects.toThrow('forbidden');
  });

  test('is a bad answer that says so when its secret cannot be had', async () => {
    trouble = new ActionError('sealed');
    expect(await checkWithSecrets(service, settling(), signal)).toEqual({
      healthy: false,
      detail: 'not asked: A secret cannot be had: vault:x: sealed. Nothing was done.',
      durationMs: 0,
    });
  });
});
