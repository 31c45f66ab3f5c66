import type { Action } from '../../../engine/actions/action.js';
import { InvalidInput } from '../../../engine/model/errors.js';
import { RISKY } from '../../../engine/planner/risk.js';

export interface Draft {
  id: string;
  service: string;
  steps: readonly Action[];
  /** Path or URL of the JSON Schema, as the file will name it. */
  schema: string;
}

/** Inputs that show what an action needs, for actions that a service alone is not enough for. */
const EXAMPLES: Readonly<Record<string, string>> = {
  run_command: '{ command: [systemctl, is-system-running] }',
  http_request: '{ url: "http://127.0.0.1:8080/health" }',
  scale_service: '{ service: "{{ service.name }}", by: 1 }',
  notify: '{ message: "{{ service.name }}: {{ params.reason }}" }',
  ask: '{ question: "Go on with {{ service.name }}?" }',
};

const SERVICE = '{ service: "{{ service.name }}" }';

/** A commented runbook of these steps that passes lint and test. */
export function draft({ id, service, steps, schema }: Draft): string {
  return [
    `# yaml-language-server: $schema=${schema}`,
    `# What ${id} is for, and when nobody should use it: write it here, for whoever reads it at night.`,
    `id: ${id}`,
    `description: What it does about ${service}, in one line`,
    'match:',
    `  services: [${service}] # it is chosen by itself for these`,
    '  # alerts: [ServiceDown]',
    '  # symptoms: ["connection refused"]',
    'params:',
    '  reason: { type: string, default: no reason given, description: Why it was started; people read it at the end }',
    'steps:',
    ...steps.flatMap((action, index) => stepOf(action, index)),
    '  - id: tell',
    '    action: notify',
    '    with: { message: "{{ service.name }} was treated: {{ params.reason }}" }',
    '    on_failure: continue # a message is no reason to undo anything',
    '  # That the service is well is verified by itself, as the last step.',
    'tests: # what "reviver runbook test" must find; see docs/runbooks.md',
    '  - { ends: SUCCEEDED }',
    '  - { fail: tell, ends: SUCCEEDED }',
    '',
  ].join('\n');
}

function stepOf(action: Action, index: number): string[] {
  const { name, inverse } = action;
  const risk = riskOf(action);
  return [
    `  - id: ${name}${index === 0 ? '' : `_${index + 1}`}`,
    `    action: ${name} # ${action.description}`,
    `    with: ${inputOf(action)}`,
    ...(inverse ? ['    # undone by the action itself, when a later step fails'] : []),
    ...(!inverse && risk >= RISKY ? ['    rollback: none # nothing undoes it; or name an action that does'] : []),
    ...(action.probe || action.idempotent
      ? []
      : [`    verify: { action: check_health, with: ${SERVICE} } # tells after a crash whether it was done`]),
  ];
}

function inputOf({ name, input }: Action): string {
  const example = EXAMPLES[name];
  if (example) return example;
  if (input.safeParse({ service: 'one' }).success) return SERVICE;
  throw new InvalidInput(
    '--action',
    name,
    `an action that needs no more than a service, or one of ${Object.keys(EXAMPLES).join(', ')}`,
  );
}

/** What depends on the input is the greater for a draft. */
function riskOf({ risk }: Action): number {
  return typeof risk === 'number' ? risk : RISKY;
}
