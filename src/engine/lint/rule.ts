import type { Subject } from './subject.js';

/** `error`: it would go wrong, or cannot be undone. `warning`: it works, and is probably not what was meant. */
export type Severity = 'error' | 'warning';

/** Something at one place of a runbook. */
export interface Found {
  /** From the root of the runbook. */
  path: readonly PropertyKey[];
  /** Completes the sentence that begins with the path, without a full stop. */
  says: string;
  /** What to do here, a whole sentence; else the rule's own. */
  mend?: string;
}

/** One thing that lint looks for: a row of the table. */
export interface Rule {
  /** As in messages, and in the comment that silences it. */
  id: string;
  severity: Severity;
  /** What goes wrong when nobody looks: one sentence for the list of rules. */
  why: string;
  /** What to do: one sentence. */
  fix: string;
  find(subject: Subject): Found[] | Promise<Found[]>;
}
