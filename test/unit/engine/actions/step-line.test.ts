import { describe, expect, test } from '@jest/globals';
import { BUILT_IN_ACTIONS } from '../../../../src/engine/actions/actions.js';
import { parseInput } from '../../../../src/engine/actions/parse-input.js';
import { parseShortStep } from '../../../../src/engine/actions/short-step.js';
import { stepLine } from '../../../../src/engine/actions/step-line.js';
import { withoutRules } from '../../../../src/engine/constitution/constitution.js';
import { redactJson } from '../../../../src/engine/model/redact.js';
import { loadRunbooks } from '../../../../src/engine/planner/load-runbooks.js';
import { DEFAULT_POLICY } from '../../../../src/engine/planner/policy.js';
import { STRATEGIES } from '../../../../src/engine/planner/strategies/strategies.js';
import { imaginedPlan } from '../../../../src/engine/rehearsal/imagined-plan.js';
import { installationFor } from '../../../../src/engine/rehearsal/installation-for.js';
import { anAction } from '../../../support/builders.js';

const lineOf = (name: string, given: object) => {
  const action = BUILT_IN_ACTIONS.get(name) ?? anAction(name);
  return stepLine(action, parseInput(action, given));
};

const surroundings = {
  actions: BUILT_IN_ACTIONS,
  strategies: STRATEGIES,
  pools: ['default'],
  policy: DEFAULT_POLICY,
  constitution: withoutRules('cdd01ef066bc6cf2'),
  configured: undefined,
};

/** Parameters that have no default. */
const GIVEN: Record<string, string> = {
  server: 'www.example.com:443',
  answers: 'www.example.com:22',
  dir: '/srv/hosts',
  file: '/srv/cert.pem',
  renew: '/srv/renew',
  switch: '/srv/switch',
};

describe('a call as one line', () => {
  test.each([
    ['stop_service', { service: 'redis' }, 'stop_service: redis'],
    ['scale_service', { service: 'web', by: 1 }, '{"action":"scale_service","with":{"service":"web","by":1}}'],
    ['notify', { message: 'two\nlines' }, '{"action":"notify","with":{"message":"two\\nlines"}}'],
    ['notify', { message: 'password=hunter2' }, '{"action":"notify","with":{"message":"password=•••"}}'],
  ])('%s %j is %s', (name, given, line) => {
    expect(lineOf(name, given)).toBe(line);
  });

  test('says every step of the shipped runbooks: the short form reads back to the very call, JSON has all of it', async () => {
    const runbooks = await loadRunbooks('runbooks');
    expect(runbooks.length).toBeGreaterThan(10);
    let short = 0;
    for (const runbook of runbooks) {
      const service = runbook.match.services[0] ?? 'web';
      const params = Object.fromEntries(
        Object.entries(runbook.params)
          .filter(([, { default: given }]) => given === undefined)
          .map(([name]) => [name, GIVEN[name] ?? 'x']),
      );
      const installation = installationFor(runbook, service, { ...surroundings, runbooks });
      const { steps, lines = [] } = await imaginedPlan({ runbook: runbook.id, service, params }, installation);
      expect(lines).toHaveLength(steps.length);
      for (const [at, { action, input }] of steps.entries()) {
        const line = lines[at];
        if (typeof line !== 'string') continue;
        if (line.startsWith('{')) {
          expect(JSON.parse(line)).toEqual({ action, with: redactJson(input) });
          continue;
        }
        short += 1;
        const call = parseShortStep(line, BUILT_IN_ACTIONS);
        const known = BUILT_IN_ACTIONS.get(call.action) ?? anAction(call.action);
        expect({ action: call.action, input: parseInput(known, call.input) }).toEqual({ action, input });
      }
    }
    expect(short).toBeGreaterThan(20);
  });
});
