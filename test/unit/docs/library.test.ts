import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as library from '../../../src/index.js';

const PAGE = readFileSync('docs/library.md', 'utf8');
const EXAMPLES = readdirSync('examples').map((file) => readFileSync(join('examples', file), 'utf8'));

describe('docs/library.md', () => {
  const blocks = [...PAGE.matchAll(/```(?:ts|py)\n(.*?)```/gs)].map(([, text = '']) => text);

  test.each(blocks)('its code is a part of an example, which is run: %s', (block) => {
    expect(EXAMPLES.some((example) => example.includes(block))).toBe(true);
  });

  test('has a row for every method of the orchestrator', () => {
    const methods = Object.getOwnPropertyNames(library.RecoveryOrchestrator.prototype);
    const [table = ''] = PAGE.slice(PAGE.indexOf('| method |')).split('\n\n');
    const rows = [...table.matchAll(/^\| `(\w+)\(/gm)].map(([, name]) => name);
    expect([...new Set(rows)].sort()).toEqual(methods.filter((name) => name !== 'constructor').sort());
  });

  test.each([
    'AutoRecoverySystem',
    'CircuitBreaker',
    'CircuitBreakerConfig',
    'CircuitBreakerRegistry',
    'RecoveryPolicy',
  ])('the library has %s, by the name of the documents', (name) => expect(Object.keys(library)).toContain(name));
});
