import type { Remedies } from '../planner/no-plan.js';
import type { ApprovalState, Decision } from './approval.js';
import type { Role } from './person.js';
import type { RecoveryState } from './recovery.js';

/** What takes a role, in the words of the refusal. */
export type Deed =
  | 'start a recovery'
  | 'report an incident'
  | 'see plans'
  | 'make backups'
  | 'warm the caches'
  | 'cancel'
  | 'retry'
  | 'mark a step done'
  | 'roll back'
  | 'undo'
  | 'escalate'
  | 'acknowledge'
  | 'rate a recovery'
  | 'write notes'
  | 'take notes back'
  | 'silence'
  | 'assign an incident'
  | 'open a breaker'
  | 'reset a breaker'
  | 'begin a maintenance'
  | 'end a maintenance'
  | 'set a recovery policy'
  | 'warm caches up';

/** Why a person's move does not fit the state that a recovery is in. */
export type Misfit =
  | 'is not waiting for a person, so there is nothing to retry'
  | 'has no step that waits to be marked done'
  | 'was rolled back already, and nothing is undone twice'
  | 'is rolling back already'
  | 'cannot be rolled back now; cancel it first'
  | 'did nothing that could be undone'
  | 'did not succeed; roll it back instead'
  | 'has ended already'
  | 'is rolling back; that is not cancelled half way';

type Verdict = Decision['verdict'];

/**
 * Why somebody was refused, for a surface that says it in another language than the error's own English sentence.
 * `recovery` is a name such as `R-12`; `can` are the people who could do it instead.
 */
export type Because =
  | { kind: 'plan_changed' | 'question_replaced' | 'no_such_question' | 'not_asking'; recovery: string }
  | { kind: 'no_recovery' | 'too_late_to_cancel' | 'changed_meanwhile' | 'cancel_kept'; recovery: string }
  | { kind: 'hardly_seen'; recovery: string; digest: string }
  | { kind: 'question_expired'; recovery: string; agoMs: number }
  | { kind: 'question_closed'; recovery: string; state: ApprovalState }
  | { kind: 'decided_already'; by: string; verdict: Verdict; agoMs: number }
  | { kind: 'voted_already'; recovery: string; verdict: Verdict; agoMs: number; wanted: Verdict }
  | { kind: 'no_person' | 'own_plan'; can: readonly string[] }
  | { kind: 'own_token'; token: string; can: readonly string[] }
  | { kind: 'lacks_role'; recovery: string; role: Role; can: readonly string[] }
  | { kind: 'role_needed'; deed: Deed; needed: readonly Role[]; roles: readonly Role[] }
  | { kind: 'misfit'; recovery: string; misfit: Misfit; state: RecoveryState }
  | { kind: 'nothing_to_retry'; recovery: string; service: string }
  | { kind: 'other_steps'; recovery: string; seen: readonly number[]; waiting: readonly number[] }
  | { kind: 'changed_after'; recovery: string; service: string; other: string }
  | { kind: 'too_late_to_undo'; recovery: string; agoMs: number; withinMs: number }
  | { kind: 'beside_another'; recovery: string; service: string; other: string; state: RecoveryState }
  | {
      kind: 'under_way';
      recovery: string;
      service: string;
      plan: string;
      state: RecoveryState;
      place: number | undefined;
      by: string;
    }
  | { kind: 'only_people_rate' }
  | { kind: 'not_ended'; recovery: string; state: RecoveryState }
  | { kind: 'nothing_ran'; recovery: string }
  | { kind: 'note_length'; characters: number; most: number }
  | { kind: 'notes_full'; recovery: string; most: number }
  | { kind: 'no_note'; recovery: string; note: number }
  | { kind: 'not_your_note'; author: string }
  | { kind: 'no_plan'; service: string; runtime: string; remedies: Remedies }
  | { kind: 'constitution'; why: string }
  | { kind: 'no_drill'; service: string; lacks: 'permission' | 'check' }
  | { kind: 'no_incident'; incident: string }
  | { kind: 'no_pager' }
  | { kind: 'no_breaker'; service: string }
  | { kind: 'not_found'; what: string; name: string; suggestion: string | undefined };
