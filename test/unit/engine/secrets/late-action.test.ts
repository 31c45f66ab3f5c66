import { afterEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { type ActionContext, ActionError } from '../../../../src/engine/actions/action.js';
import { defineAction } from '../../../../src/engine/actions/define-action.js';
import { forgetSecrets } from '../../../../src/engine/model/known-secrets.js';
import { credential } from '../../../../src/engine/secrets/credential.js';
import { lateAction } from '../../../../src/engine/secrets/late-action.js';
import { createSecrets } from '../../../../src/engine/secrets/secrets.js';
import { createEnvSource } from '../../../../src/engine/secrets/sources/env.js';
import { aService } from '../../../support/builders.js';
import { contextWith, NO_BACKUPS } from '../actions/context.js';

afterEach(forgetSecrets);

const env: Record<string, string> = { TOKEN: 'the-token-of-12', SHORT: 'abc' };
const seen: unknown[] = [];
const open = defineAction({
  name: 'open',
  description: '',
  version: 1,
  input: z.strictObject({
    token: credential(z.string().min(8, { error: 'at least 8 letters' })).optional(),
    note: z.string().optional(),
    service: z.string().optional(),
  }),
  risk: 0,
  idempotent: true,
  timeoutMs: 1_000,
  services: ({ service }) => (service === undefined ? [] : [service]),
  title: () => 'Open',
  look: async ({ token = '' }) => ({ token }),
  run: async (input, ctx) => {
    seen.push(input, input.service && ctx.service(input.service).health);
    return { summary: 'opened' };
  },
  probe: async ({ token = '' }) => ({ outcome: 'done', evidence: token }),
  detail: async ({ token = '' }) => ({ lines: [`with ${token}`], facts: { token } }),
  inverse: (input) => ({ action: 'close', input }),
});
const secrets = createSecrets([createEnvSource(env)]);
const late = lateAction(open, secrets, NO_BACKUPS);
const url = (host: string) => [{ type: 'http' as const, url: host, intervalMs: 1, timeoutMs: 1, failures: 1 }];
const services = [
  aService('a', { health: url('http://u:${env:TOKEN}@127.0.0.1/') }),
  aService('b', { health: url('http://u:${env:NOBODY}@127.0.0.1/') }),
];
const ctx: ActionContext = contextWith({
  services: () => services,
  service: (name) => services.find((one) => one.name === name) ?? aService(name),
});

describe('an action', () => {
  test('gets its secrets with the call, in the fields that take them and nowhere else', async () => {
    const input = { token: 'env:TOKEN', note: 'env:TOKEN' };
    await late.run(input, ctx, {});
    expect(seen.splice(0)[0]).toEqual({ token: 'the-token-of-12', note: 'env:TOKEN' });
    expect(input.token).toBe('env:TOKEN');
    expect(await late.look?.(input, ctx)).toEqual({ token: 'the-token-of-12' });
    expect(await late.probe?.(input, {}, ctx)).toMatchObject({ evidence: 'the-token-of-12' });
  });

  test('has its names again in what undoes it', () => {
    expect(late.inverse?.({ token: 'env:TOKEN' }, {})).toEqual({ action: 'close', input: { token: 'env:TOKEN' } });
  });

  test('says what it would do without them', async () => {
    expect(await late.detail?.({ token: 'env:TOKEN' }, ctx)).toEqual({ lines: ['with •••'], facts: { token: '•••' } });
  });

  test('sees the services that it touches with their secrets; of others none is asked for', async () => {
    await late.run({ service: 'a' }, ctx, {});
    expect(seen.splice(0)[1]).toMatchObject([{ url: 'http://u:the-token-of-12@127.0.0.1/' }]);
    await expect(late.run({ service: 'b' }, ctx, {})).rejects.toThrow('the variable NOBODY is not set');
    expect(seen).toEqual([]);
  });

  test('is not begun with a secret that is not what the field takes, whose value is not told', async () => {
    const failed = await late.run({ token: 'env:SHORT' }, ctx, {}).catch((error: unknown) => error);
    if (!(failed instanceof ActionError)) throw new Error(String(failed));
    expect(failed.message).toBe('open.token: the secret that it names is not at least 8 letters. Nothing was done.');
    expect(failed.options).toMatchObject({ code: 'secret_unfit', retryable: false, untouched: true });
  });

  test('gets another one when it was rotated', async () => {
    await late.run({ token: 'env:TOKEN' }, ctx, {});
    env.TOKEN = 'the-token-of-13';
    await late.run({ token: 'env:TOKEN' }, ctx, {});
    env.TOKEN = 'the-token-of-12';
    expect(seen.splice(0).filter(Boolean)).toEqual([{ token: 'the-token-of-12' }, { token: 'the-token-of-13' }]);
  });
});
