import { redact } from '../model/redact.js';
import type { PostmortemFacts } from './postmortem.js';

/** A stretch of time in the picture. */
export interface Stretch {
  name: string;
  kind: 'wait' | 'step' | 'undo';
  from: Date;
  to: Date;
  ok: boolean;
}

/** Waits and steps, the earliest first; what goes on reaches until `endedAt`. */
export function stretchesOf(
  { recovery, steps, approvals }: PostmortemFacts['view'],
  detectedAt: Date,
  endedAt: Date,
): Stretch[] {
  const waits: Stretch[] = [
    ...(+recovery.createdAt > +detectedAt
      ? [{ name: 'nobody acts', kind: 'wait' as const, from: detectedAt, to: recovery.createdAt, ok: true }]
      : []),
    ...approvals.map(({ createdAt, decidedAt, state }) => ({
      name: 'people decide',
      kind: 'wait' as const,
      from: createdAt,
      to: decidedAt ?? endedAt,
      ok: state !== 'rejected' && state !== 'expired',
    })),
  ];
  const worked = steps.flatMap((step): Stretch[] =>
    step.startedAt
      ? [
          {
            name: redact(step.name),
            kind: step.kind === 'undo' ? 'undo' : 'step',
            from: step.startedAt,
            to: step.endedAt ?? endedAt,
            ok: step.state === 'succeeded' || step.state === 'running',
          },
        ]
      : [],
  );
  return [...waits, ...worked].sort((a, b) => +a.from - +b.from);
}
