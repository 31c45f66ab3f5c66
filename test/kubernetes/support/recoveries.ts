import { expect } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import type { Answer, Installation } from '../../support/reviver.js';

/** YAML of services, each a deployment of its own name. */
export function servicesIn(namespace: string, names: readonly string[], url: (name: string) => string): string {
  return names
    .map(
      (name) => `  - name: ${name}
    kubernetes: { namespace: ${namespace}, name: ${name} }
    health: [{ type: http, url: "${url(name)}", interval: 1h, timeout: 2s }]
    recovery_strategies: [restart, rollback, recreate, hybrid]`,
    )
    .join('\n');
}

export async function begin(reviver: Installation, name: string, how: object): Promise<string> {
  const { status, body } = await reviver.call('POST', `/recover/${name}`, how);
  expect(`${status} ${body.detail ?? ''}`).toBe('202 ');
  return body.id;
}

const ENDS = ['SUCCEEDED', 'FAILED', 'ROLLED_BACK', 'AWAITING_MANUAL', 'CANCELLED'];

export async function settled(reviver: Installation, id: string, timeoutMs = 150_000): Promise<Answer> {
  return eventually(
    async () => {
      const { body } = await reviver.call('GET', `/recoveries/${id}`);
      expect(ENDS).toContain(body.state);
      return body;
    },
    { timeoutMs, everyMs: 100 },
  );
}

export async function recover(reviver: Installation, name: string, how: object): Promise<Answer> {
  return settled(reviver, await begin(reviver, name, how));
}

export function states({ steps }: Answer): Record<string, string> {
  return Object.fromEntries(steps.map((step: Answer) => [step.id, step.state]));
}

/** What the first step that failed said. */
export function reason({ steps }: Answer): string {
  return steps.map((step: Answer) => step.error?.message).find((message: unknown) => message !== undefined) ?? '';
}
