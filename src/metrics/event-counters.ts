import type { StoredEvent } from '../engine/ports.js';
import type { Instruments } from './instruments.js';

/** Counts what the event log says. Kinds that no row names count nothing. */
export function countEvent(instruments: Instruments, event: StoredEvent): void {
  COUNTED[event.kind]?.(instruments, event);
}

type Count = (instruments: Instruments, event: StoredEvent) => void;

const ended =
  (outcome: string): Count =>
  ({ outcomes, duration }, { data }) => {
    const service = word(data.service);
    outcomes.inc({ service, outcome });
    if (typeof data.duration_ms === 'number') duration.observe({ service, outcome }, data.duration_ms / 1_000);
  };
/** Time to recovery in two parts: what Reviver can be quicker at, and what it waited for. */
const endedWell: Count = ({ work, wait, firstAttempts }, { data }) => {
  const service = word(data.service);
  const { active_ms: activeMs, duration_ms: durationMs, attempts } = data;
  if (typeof activeMs === 'number') work.observe({ service }, activeMs / 1_000);
  if (typeof activeMs === 'number' && typeof durationMs === 'number')
    wait.observe({ service }, Math.max(0, durationMs - activeMs) / 1_000);
  if (attempts === 1) firstAttempts.inc({ service });
};
const step =
  (outcome: string): Count =>
  ({ steps }) =>
    steps.inc({ outcome });
const approval =
  (outcome: string): Count =>
  ({ approvals }) =>
    approvals.inc({ outcome });

const COUNTED: Record<string, Count> = {
  'recovery.started': ({ attempts }, { data }) =>
    attempts.inc({ service: word(data.service), strategy: word(data.strategy ?? data.plan) }),
  'recovery.succeeded': (instruments, event) => {
    ended('succeeded')(instruments, event);
    endedWell(instruments, event);
  },
  'recovery.failed': ended('failed'),
  'recovery.rolled_back': ended('rolled_back'),
  'recovery.cancelled': ended('cancelled'),
  'recovery.taken_over': ({ takeovers }) => takeovers.inc(),
  'step.succeeded': step('succeeded'),
  'step.failed': step('failed'),
  'step.unknown': step('unknown'),
  'escalation.opened': ({ escalations }, { data }) => escalations.inc({ reason: word(data.code) }),
  'escalation.level_told': ({ escalationLevels }, { data }) => {
    for (const channel of Array.isArray(data.channels) ? data.channels : [])
      escalationLevels.inc({ channel: word(channel) });
  },
  'escalation.channel_failed': ({ escalationFailures }, { data }) =>
    escalationFailures.inc({ channel: word(data.channel) }),
  'approval.asked': approval('asked'),
  'approval.decided': (instruments, event) => {
    approval('decided')(instruments, event);
    const { waited_ms: waitedMs, verdict } = event.data;
    if (typeof waitedMs === 'number') instruments.approvalWait.observe({ verdict: word(verdict) }, waitedMs / 1_000);
  },
  'approval.refused': approval('refused'),
  'approval.expired': approval('expired'),
};

/** Services, strategies and runbooks come from the configuration, so labels are few. */
function word(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : 'none';
}
