import { describe, expect, test } from '@jest/globals';
import {
  countChanges,
  hasChanges,
  inWords,
  planSchema,
  progressOf,
  stateSchema,
} from '../../../../src/engine/actions/terraform/changes.js';
import { failureOf, readTold, undeclared } from '../../../../src/engine/actions/terraform/diagnostics.js';
import { weigh } from '../../../../src/engine/actions/terraform-apply.js';

const change = (address: string, actions: string[], over: object = {}) => ({
  address,
  change: { actions, before: null, after: { input: 'x' }, after_unknown: { id: true }, ...over },
});
const plan = (...resource_changes: object[]) => planSchema.parse({ resource_changes });
const state = (...resources: object[]) => stateSchema.parse({ values: { root_module: { resources } } });

describe('a plan', () => {
  test('is counted as Terraform does', () => {
    const mixed = plan(
      change('a', ['create']),
      change('b', ['update']),
      change('c', ['delete'], { after: null }),
      change('d', ['delete', 'create']),
      change('e', ['no-op']),
      change('f', ['read']),
    );
    expect(countChanges(mixed)).toEqual({ add: 2, change: 1, destroy: 2, outputs: 0 });
    expect(inWords(countChanges(mixed))).toBe('2 to add, 1 to change, 2 to destroy');
  });

  test('has changes when Terraform says so, else when there are some', () => {
    expect(hasChanges(plan())).toBe(false);
    expect(hasChanges(plan(change('e', ['no-op'])))).toBe(false);
    expect(hasChanges(plan(change('a', ['create'])))).toBe(true);
    expect(hasChanges(planSchema.parse({ applyable: true }))).toBe(true);
    expect(
      hasChanges(
        planSchema.parse({ output_changes: { colour: { actions: ['update'], after: 'red', after_unknown: false } } }),
      ),
    ).toBe(true);
  });
});

describe('what a state shows of a plan', () => {
  const before = { id: '1', input: 'w' };
  test.each<[string, object, object[], 'there' | 'missing' | 'unseen']>([
    ['created', change('a', ['create']), [{ address: 'a', values: { id: '1', input: 'x' } }], 'there'],
    ['created otherwise', change('a', ['create']), [{ address: 'a', values: { id: '1', input: 'y' } }], 'missing'],
    ['not created', change('a', ['create']), [], 'missing'],
    [
      'created and spoilt',
      change('a', ['create']),
      [{ address: 'a', tainted: true, values: { input: 'x' } }],
      'missing',
    ],
    ['updated', change('a', ['update'], { before }), [{ address: 'a', values: { id: '1', input: 'x' } }], 'there'],
    ['not updated', change('a', ['update'], { before }), [{ address: 'a', values: before }], 'missing'],
    [
      'updated in what is known only after it',
      change('a', ['update'], { before: { id: '1', input: 'x' }, after_unknown: { output: true } }),
      [{ address: 'a', values: { id: '1', input: 'x' } }],
      'unseen',
    ],
    ['destroyed', change('a', ['delete'], { before, after: null }), [], 'there'],
    ['not destroyed', change('a', ['delete'], { before, after: null }), [{ address: 'a', values: before }], 'missing'],
    [
      'replaced',
      change('a', ['delete', 'create'], { before }),
      [{ address: 'a', values: { id: '2', input: 'x' } }],
      'there',
    ],
    [
      'not replaced',
      change('a', ['delete', 'create'], { before: { id: '1', input: 'x' } }),
      [{ address: 'a', values: { id: '1', input: 'x' } }],
      'missing',
    ],
    [
      'only a leftover of',
      change('a', ['create']),
      [{ address: 'a', deposed_key: 'k', values: { input: 'x' } }],
      'missing',
    ],
  ])('%s', (_, one, resources, where) => {
    expect(progressOf(plan(one), state(...resources))).toEqual({ there: [], missing: [], unseen: [], [where]: ['a'] });
  });

  test('in modules within modules, too', () => {
    const nested = stateSchema.parse({
      values: {
        root_module: {
          child_modules: [{ child_modules: [{ resources: [{ address: 'module.m.a', values: { input: 'x' } }] }] }],
        },
      },
    });
    expect(progressOf(plan(change('module.m.a', ['create'])), nested).there).toEqual(['module.m.a']);
  });

  test('outputs count where nothing else changes', () => {
    const outputs = planSchema.parse({
      output_changes: { c: { actions: ['update'], after: 'red', after_unknown: false } },
    });
    const now = (value: string) => stateSchema.parse({ values: { outputs: { c: { value } } } });
    expect(progressOf(outputs, now('red')).there).toEqual(['output.c']);
    expect(progressOf(outputs, now('blue')).missing).toEqual(['output.c']);
  });
});

describe('after a crash', () => {
  const at = (serial: number | null, lineage: string | null = 'l') => ({ serial, lineage });
  const all = { there: ['a'], missing: [], unseen: [] };
  test.each([
    ['everything is there', at(4), at(6), all, 'done'],
    ['everything is there, in the first state', at(null, null), at(1), all, 'done'],
    ['something is missing', at(4), at(5), { ...all, missing: ['b'] }, 'partly'],
    ['something cannot be seen', at(4), at(5), { ...all, unseen: ['b'] }, 'partly'],
    ['the state did not move', at(4), at(4), { ...all, there: [], missing: ['a'] }, 'same_state'],
    ['the state did not move although all seems to be there', at(4), at(4), all, 'same_state'],
    ['there is still no state', at(null, null), at(null, null), all, 'same_state'],
    ['it is another state', at(4), at(9, 'other'), all, 'other_state'],
  ])('%s', (_, was, now, progress, verdict) => {
    expect(weigh(was, now, progress)).toBe(verdict);
  });
});

describe('what Terraform says', () => {
  const said = (summary: string, detail = '', severity = 'error') =>
    JSON.stringify({ type: 'diagnostic', diagnostic: { severity, summary, detail } });
  const failed = (text: string) => failureOf('terraform apply in /srv', readTold(text), 1, '', 'Some of it stays.');

  test('is read line by line, and what is no line of it is passed over', () => {
    const summary = JSON.stringify({
      type: 'change_summary',
      changes: { add: 1, change: 2, remove: 3, operation: 'apply' },
    });
    expect(readTold(`cut"}\n${summary}\nplain words\n{"a":1}\n`)).toEqual({
      diagnostics: [],
      changes: { add: 1, change: 2, remove: 3 },
    });
  });

  test.each([
    [
      said(
        'Error acquiring the state lock',
        'Lock Info:\n  ID:        77\n  Path:      p\n  Operation: OperationTypeApply\n  Who:       ann@host\n  Created:   today',
      ),
      'terraform_locked',
      true,
      /the state lock: ID 77, Who ann@host, Operation OperationTypeApply, Created today\. Nothing was changed\. Wait for/,
    ],
    [
      said('Saved plan is stale', 'The given plan file can no longer be applied.'),
      'plan_stale',
      false,
      /Nothing was changed\. Plan again/,
    ],
    [
      said('Backend initialization required, please run "terraform init"'),
      'terraform_init',
      false,
      /Run terraform init/,
    ],
    [said('Value for undeclared variable', 'A variable named "x"'), 'terraform_vars', false, /Mend vars or var_file/],
    [
      `${said('creating Bucket', 'api: password=hunter2')}\n${said('halted')}`,
      'terraform_failed',
      false,
      /creating Bucket: api: password=••• \(and 1 more\)\. Some of it stays\.$/,
    ],
    ['', 'terraform_failed', false, /failed: exit code 1\. Some of it stays\.$/],
  ])('%s', (text, code, retryable, message) => {
    const error = failed(text);
    expect(error.options).toMatchObject({ code, retryable });
    expect(error.message).toMatch(message);
  });

  test('names the variables that nobody declared', () => {
    const told = readTold(
      said('Value for undeclared variable', 'does not declare a variable named "colr" but', 'warning'),
    );
    expect(undeclared(told, ['colour', 'colr'])).toEqual(['colr']);
  });
});
