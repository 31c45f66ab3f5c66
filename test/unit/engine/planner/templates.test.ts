import { describe, expect, test } from '@jest/globals';
import { fill } from '../../../../src/engine/planner/templates.js';

const facts = { service: { name: 'redis' }, params: { backup: 'redis_backup' }, incident: { severity: 0.9 } };

test('every text of a value is filled, and nothing else is touched', async () => {
  const value = {
    service: '{{ service.name }}',
    list: ['a', '{{ params.backup }}', 5],
    on: true,
    none: null,
    deep: { at: '{{ incident.severity }}' },
  };
  expect(await fill(value, facts, 'with')).toEqual({
    service: 'redis',
    list: ['a', 'redis_backup', 5],
    on: true,
    none: null,
    deep: { at: '0.9' },
  });
});

describe('is refused, with the place', () => {
  test.each<[string, unknown, RegExp]>([
    [
      'an unknown name',
      '{{ service.port }}',
      /^with\.x: .*a template over service, params and incident \(undefined variable: service\.port/,
    ],
    ['a broken template', '{{ service.name', /^with\.x: /],
    ['an unknown filter', '{{ service.name | shout }}', /undefined filter: shout/],
    ['a file from the disk', '{% include "/etc/passwd" %}', /^with\.x: /],
    ['what lies in the prototype', '{{ service.constructor }}', /undefined variable/],
    ['what JSON does not know', () => 1, /^with\.x: a function is not allowed/],
  ])('%s', async (_, value, message) => {
    await expect(fill({ x: value }, facts, 'with')).rejects.toThrow(message);
  });

  test('a loop without end, before it fills the memory', async () => {
    const started = performance.now();
    await expect(fill('{% for i in (1..100000000) %}x{% endfor %}', facts, 'with')).rejects.toThrow(/^with: /);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

test('a value that a person gives is text, not a template', async () => {
  expect(await fill('{{ params.backup }}', { params: { backup: '{{ service.name }}' } }, 'with')).toBe(
    '{{ service.name }}',
  );
});
