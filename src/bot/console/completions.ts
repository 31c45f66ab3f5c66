import type { RecoveryView } from '../../engine/engine.js';
import { recoveryName } from '../../engine/model/recovery.js';
import { type Command, summaryOf, usageLine } from '../commands/command.js';
import type { FormChoices, Language } from '../port.js';

/** What can stand behind the name of a command. */
export const TARGETS = ['recovery', 'incident', 'service', 'runbook', 'command'] as const;
export type Target = (typeof TARGETS)[number];

/** All that a command box needs so that it can complete what is typed, and a form so that it can offer choices. */
export interface Completions extends FormChoices {
  commands: {
    name: string;
    usage: string;
    summary: string;
    takes: Target[];
    options: { name: string; value: boolean }[];
    /** Takes `key=value` words. */
    params: boolean;
  }[];
  /** Under way, the newest first. */
  recoveries: { name: string; service: string; state: string }[];
}

export function completionsOf(
  commands: readonly Command[],
  choices: FormChoices,
  active: readonly RecoveryView[],
  language: Language,
): Completions {
  return {
    ...choices,
    commands: commands.map((command) => ({
      name: command.name,
      usage: usageLine(command),
      summary: summaryOf(command, language),
      takes: targetsOf(command.usage),
      options: Object.entries(command.options ?? {}).map(([name, kind]) => ({ name, value: kind === 'value' })),
      params: command.takesParams ?? false,
    })),
    recoveries: active.map(({ recovery }) => ({
      name: recoveryName(recovery.id),
      service: recovery.service,
      state: recovery.state,
    })),
  };
}

/** How the usage of a command spells each of them. */
const SPELLED: Record<Target, RegExp> = {
  recovery: /\bR-n\b/,
  incident: /\bI-n\b/,
  service: /\bservice\b/,
  runbook: /\brunbook\b/,
  command: /\bcommand\b/,
};

/** `<R-n|service>` takes recoveries and services. What follows a blank is an option or a parameter. */
function targetsOf(usage: string): Target[] {
  const [first = ''] = usage.split(' ');
  return TARGETS.filter((target) => SPELLED[target].test(first));
}
