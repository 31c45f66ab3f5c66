import type { Channel, Contacts, Page, Pager, Policies, Stage } from './escalation.js';

/** Without a policy in the configuration: the channel at once, then whatever is set up. */
export const DEFAULT_STAGES: readonly Stage[] = [
  { afterMs: 0, notify: ['chat'] },
  { afterMs: 5 * 60_000, notify: ['pagerduty'] },
  { afterMs: 15 * 60_000, notify: ['email', 'sms', 'webhook'] },
];

export const DEFAULT_POLICY = 'default';

/** Of an escalation that only shows that its pages arrive. */
export const TEST_CODE = 'test';

/** Reasons that wait for no delay: somebody has decided that more people are needed now. */
const URGENT: ReadonlySet<string> = new Set([
  'asked_by_person',
  'asked_by_runbook',
  'constitution',
  'constitution_broken',
  'tampered',
  'forged',
]);

export function isUrgent(code: string): boolean {
  return URGENT.has(code);
}

/** The levels of a policy; one that the configuration does not have any more is the default. */
export function stagesOf(policy: string, policies: Policies, contacts: Contacts): readonly Stage[] {
  const own = Object.hasOwn(policies, policy) ? policies[policy] : undefined;
  const standard = Object.hasOwn(policies, DEFAULT_POLICY) ? policies[DEFAULT_POLICY] : undefined;
  return own ?? standard ?? reachable(DEFAULT_STAGES, contacts);
}

/** What is told at one level. `missing` are pagers that the level names and that are not set up. */
export interface Telling {
  chat: boolean;
  pages: Omit<Page, 'escalation' | 'action'>[];
  missing: Pager[];
}

export function tellingOf(stage: Stage, level: number, contacts: Contacts): Telling {
  const pagers = stage.notify.filter((channel): channel is Pager => channel !== 'chat');
  return {
    chat: stage.notify.includes('chat'),
    pages: pagers.flatMap((channel) => contacts[channel].map((target) => ({ level, channel, target }))),
    missing: pagers.filter((channel) => contacts[channel].length === 0),
  };
}

/**
 * How many levels a reason that cannot wait is told to at once, when `level` of them know already: as many as it takes
 * to leave chat, and at least one.
 */
export function hurryTo(stages: readonly Stage[], level: number): number {
  const outside = stages.findIndex((stage, index) => index >= level && stage.notify.some((one) => one !== 'chat'));
  return Math.min(stages.length, (outside === -1 ? level : outside) + 1);
}

/**
 * Milliseconds after the beginning of the escalation at which level `level` is told; 0 where it shall not wait, null
 * where there is none.
 */
export function dueAfterMs(stages: readonly Stage[], level: number, hurry: number): number | null {
  const stage = stages[level];
  if (!stage) return null;
  return level < hurry ? 0 : stage.afterMs;
}

/** For people: the channels of the next level. */
export function nextChannels(stages: readonly Stage[], level: number): readonly Channel[] {
  return stages[level]?.notify ?? [];
}

function reachable(stages: readonly Stage[], contacts: Contacts): Stage[] {
  return stages.flatMap(({ afterMs, notify }) => {
    const kept = notify.filter((channel) => channel === 'chat' || contacts[channel].length > 0);
    return kept.length > 0 ? [{ afterMs, notify: kept }] : [];
  });
}
