import type { RecoveryStep } from '../model/recovery.js';
import type { Takeable, WorkerIdentity } from '../ports.js';
import type { Attempt, Hands, Resolution } from '../recovery/attempt.js';
import { recoveryFacts } from './recovery-facts.js';
import type { Span, SpanFacts, Tracing } from './tracing.js';

/** What one worker does with one recovery, as spans: it takes it; below that each attempt of a step; below that each effect. */
export interface DriveTrace {
  /** The same hands; what they do is told. */
  hands: Hands;
  step(step: RecoveryStep, work: () => Promise<Attempt>): Promise<Attempt>;
  /** Somebody looks whether an interrupted step has had its effect. */
  look(step: RecoveryStep, work: () => Promise<Resolution>): Promise<Resolution>;
}

export function createDriveTrace(
  tracing: Tracing | undefined,
  { snapshot: { recovery }, previous }: Takeable,
  worker: WorkerIdentity,
  hands: Hands,
): DriveTrace {
  if (!tracing) return { hands, step: (_, work) => work(), look: (_, work) => work() };
  const common = recoveryFacts(recovery);
  const stored = recovery.origin.traceparent;
  let taken: string | undefined;

  /** It ends at once, and so is exported before all that is below it, even when this worker is killed later. */
  const taking = (): string => {
    taken ??= tracing.mark({
      name: previous ? 'take over' : 'take',
      kind: 'take',
      facts: {
        ...common,
        'reviver.worker.id': worker.id,
        ...(previous ? { 'reviver.worker.previous': previous.id } : {}),
      },
      ...(stored === undefined ? {} : { parent: stored }),
    });
    return taken;
  };

  const ofStep = <T>(name: string, step: RecoveryStep, work: (span: Span) => Promise<T>): Promise<T> =>
    tracing.within(
      { name: `${name} ${step.id}`, kind: 'work', facts: { ...common, ...stepFacts(step) }, parent: taking() },
      work,
    );

  return {
    hands: tracedHands(hands, tracing, common),
    step: (step, work) =>
      ofStep(step.kind === 'undo' ? 'undo' : 'step', step, async (span) => {
        const attempt = await work();
        span.add({ 'reviver.outcome': attempt.kind });
        if (attempt.kind === 'failed') span.fail(attempt.error.code);
        if (attempt.kind === 'aborted' || attempt.kind === 'abandoned') span.fail(attempt.code);
        return attempt;
      }),
    look: (step, work) =>
      ofStep('look at', step, async (span) => {
        const found = await work();
        span.add({ 'reviver.outcome': found.outcome });
        return found;
      }),
  };
}

/** Effects, checks and probes; their parent is the span of the step that asks for them. */
function tracedHands(hands: Hands, tracing: Tracing, common: SpanFacts): Hands {
  return {
    ...hands,
    action(name) {
      const action = hands.action(name);
      const { probe } = action;
      const facts = { ...common, 'reviver.action': name };
      return {
        ...action,
        run: (input, ctx, before) =>
          tracing.within({ name: `run ${name}`, kind: 'work', facts }, () => action.run(input, ctx, before)),
        ...(probe === undefined
          ? {}
          : {
              probe: (input, before, ctx) =>
                tracing.within({ name: `probe ${name}`, kind: 'work', facts }, () => probe(input, before, ctx)),
            }),
      };
    },
  };
}

function stepFacts({ id, position, attempts, kind, action }: RecoveryStep): SpanFacts {
  return {
    'reviver.step.id': id,
    'reviver.step.position': position,
    'reviver.step.attempt': attempts,
    'reviver.step.kind': kind,
    'reviver.action': action,
  };
}
