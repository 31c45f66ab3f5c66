import type { JsonObject } from './json.js';
import type { Role } from './person.js';

/**
 * pending -> approved -> consumed      a decision is used once, by the start that it was given for
 * pending -> rejected | expired | superseded;  approved -> expired | superseded
 */
export type ApprovalState = 'pending' | 'approved' | 'consumed' | 'rejected' | 'expired' | 'superseded';

export interface Decision {
  principal: string;
  roles: Role[];
  /** Of them, those that a group of the platform gave at that moment. */
  byGroup?: Role[];
  verdict: 'approve' | 'reject';
  via: string;
  at: Date;
}

/** What a step would do, as far as it is known only right before it begins. */
export interface StepDetail {
  /** For people, one each; without secrets. */
  lines: string[];
  /** What makes it this and nothing else; part of the question's digest. */
  facts: JsonObject;
}

/** A question about one digest: a plan (`step` null) or one step. */
export interface Approval {
  /** 128 random bits, base64url. */
  id: string;
  recoveryId: number;
  step: number | null;
  digest: string;
  need: number;
  role: Role;
  including: Role | null;
  requestedBy: string;
  /** Where a program asked: the person whose token it is. */
  owner?: string;
  state: ApprovalState;
  decisions: Decision[];
  createdAt: Date;
  /** Undecided after this: expired. */
  expiresAt: Date;
  decidedAt: Date | null;
  /** Decided but not used before this: expired. */
  useBefore: Date | null;
  /** Absent: the plan says it all. */
  detail?: StepDetail;
}
