/**
 * Named places between two effects, at which a test can kill the process exactly. In production the port does nothing.
 *
 * after_intent       the step's intent is committed; nothing has been done
 * in_effect          inside the action, a part of its effect may be there (reached by the action itself or its child)
 * before_commit      the effect is there; its result is not committed
 * before_wake        committed; nobody has been woken
 * undo_after_intent, undo_before_commit    the same inside a rollback
 */
export const CRASH_POINTS = [
  'after_intent',
  'in_effect',
  'before_commit',
  'before_wake',
  'undo_after_intent',
  'undo_in_effect',
  'undo_before_commit',
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

export type ReachCrashPoint = (point: CrashPoint, where: { recovery: number; step: number }) => void;

/**
 * Reads `before_commit` or `before_commit:2` (only at step position 2) and kills this process there with SIGKILL, as the
 * kernel would for want of memory.
 */
export function crashAt(spec: string | undefined): ReachCrashPoint {
  if (!spec) return () => {};
  const [name, position] = spec.split(':');
  return (point, { step }) => {
    if (point === name && (position === undefined || Number(position) === step)) process.kill(process.pid, 'SIGKILL');
  };
}
