import type { RecoveryView, Verb } from '../../../engine/engine.js';
import type { Because } from '../../../engine/model/because.js';

type Kind = Because['kind'];

/** A sentence for each reason of a refusal; undefined: the engine's own is shown. */
export type RefusalWords = {
  readonly [K in Kind]: (because: Because & { kind: K }) => string | undefined;
};

/** What the engine says in English sentences, in another language. What is not known here stays as the engine said it. */
export interface EngineWords {
  refusals: RefusalWords;
  databaseAway: string;
  /** `view` is as it is after the decision. */
  decided(view: RecoveryView, verdict: 'approve' | 'reject'): string;
  /** `asked` is the recovery that the verb was said of: a retry may have made another one. */
  acted(view: RecoveryView, verb: Verb, asked: number): string;
  /** A phrase that the engine wrote into a plan, an outcome, an event or a health report: all of it, or unchanged. */
  retell(phrase: string): string;
}
