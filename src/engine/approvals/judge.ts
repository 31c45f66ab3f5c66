import type { Approval } from '../model/approval.js';
import type { Because } from '../model/because.js';
import { formatDuration } from '../model/duration.js';
import type { Principal, Role } from '../model/person.js';
import { recoveryName } from '../model/recovery.js';
import { votes } from './still-held.js';

/** What the person saw when deciding: the digest or its beginning, and the question's id where the surface knows it. */
export interface Seen {
  digest?: string;
  approvalId?: string;
  /** Why, in the person's words; recorded beside the decision. */
  reason?: string;
}

export type Judgement =
  | { allowed: true; state: 'pending' | 'approved' | 'rejected'; stillNeeded: number }
  | { allowed: false; code: Refusal; message: string; because: Because };

type Refusal = 'forbidden' | 'stale' | 'conflict' | 'expired';

/**
 * Whether this principal's decision counts, and what the question becomes with it. Every check fails closed, in the
 * order in which a person would want to hear about it. `others`: who could decide instead, for the refusal.
 */
export function judge(
  approval: Approval,
  verdict: 'approve' | 'reject',
  who: Principal,
  seen: Seen,
  now: Date,
  others: readonly string[],
): Judgement {
  const name = recoveryName(approval.recoveryId);
  if (seen.digest !== undefined && !shows(approval, seen.digest))
    return no(
      'stale',
      `${name} asks about another plan than that card showed: it changed. Your decision was not counted; look at ${name} as it is now.`,
      { kind: 'plan_changed', recovery: name },
    );
  if (approval.state === 'expired' || (approval.state === 'pending' && now >= approval.expiresAt)) {
    const agoMs = since(approval.useBefore ?? approval.expiresAt, now);
    return no(
      'expired',
      `The question about ${name} expired ${ago(agoMs)}. Nothing changed; retry ${name} to be asked anew.`,
      { kind: 'question_expired', recovery: name, agoMs },
    );
  }
  if (approval.state !== 'pending') return decidedAlready(approval, name, now);
  const own = approval.decisions.find((decision) => decision.principal === who.name);
  if (own) {
    const agoMs = since(own.at, now);
    return no(
      'conflict',
      `You ${PAST[own.verdict]} ${name} ${ago(agoMs)}. Nothing changed${verdict === 'reject' ? `; cancel ${name} to stop it` : ''}.`,
      { kind: 'voted_already', recovery: name, verdict: own.verdict, agoMs, wanted: verdict },
    );
  }
  const mine = who.name === approval.requestedBy;
  const owned = who.name === approval.owner;
  if (verdict === 'reject' && (mine || owned || (who.human && who.roles.includes(approval.role))))
    return { allowed: true, state: 'rejected', stillNeeded: 0 };
  if (!who.human)
    return no('forbidden', `Only people can decide, and this is the token of no person. ${canDecide(others)}`, {
      kind: 'no_person',
      can: others,
    });
  if (mine)
    return no('forbidden', `You asked for this plan, so someone else must approve it. ${canDecide(others)}`, {
      kind: 'own_plan',
      can: others,
    });
  if (owned)
    return no(
      'forbidden',
      `Your ${approval.requestedBy} asked for this plan, so someone else must approve it. ${canDecide(others)}`,
      { kind: 'own_token', token: approval.requestedBy, can: others },
    );
  if (!who.roles.includes(approval.role))
    return no(
      'forbidden',
      `You are not ${article(approval.role)} ${approval.role}, so your decision on ${name} does not count. ${canDecide(others)}`,
      { kind: 'lacks_role', recovery: name, role: approval.role, can: others },
    );
  return { allowed: true, ...tally(approval, who) };
}

/** Nobody has seen a new card, read it, and typed an answer in less. */
const REACTION_MS = 3_000;

/**
 * An approval that does not say what it is about counts for what was asked when it came. Where the recovery had asked
 * something else until a moment ago, that is hardly what this person has seen.
 */
export function hardlySeen(
  { recoveryId, state, digest, createdAt }: Approval,
  seen: Seen,
  now: Date,
): Extract<Judgement, { allowed: false }> | undefined {
  const says = seen.digest !== undefined || seen.approvalId !== undefined;
  if (says || state !== 'pending' || since(createdAt, now) >= REACTION_MS) return undefined;
  const recovery = recoveryName(recoveryId);
  const short = digest.slice(0, 8);
  return no(
    'stale',
    `${recovery} has asked something new in this moment. Your approval was not counted; look at it, and say which you mean: approve ${recovery} ${short}.`,
    { kind: 'hardly_seen', recovery, digest: short },
  );
}

/** Whether a digest as people and buttons give it, in full, its first 8 digits or more, or as `7f3a·91c2`, is this one. */
export function shows(approval: Pick<Approval, 'digest'>, digest: string): boolean {
  const hex = digest.toLowerCase().replace('·', '');
  return hex.length >= 8 && approval.digest.startsWith(hex);
}

/** The quorum with this vote: enough people, and among them the role that must be there. */
function tally(approval: Approval, who: Principal): { state: 'pending' | 'approved'; stillNeeded: number } {
  const roles: readonly (readonly Role[])[] = [...votes(approval).map((decision) => decision.roles), who.roles];
  const { including } = approval;
  const missing = including !== null && !roles.some((held) => held.includes(including)) ? 1 : 0;
  const stillNeeded = Math.max(approval.need - roles.length, missing);
  return { state: stillNeeded === 0 ? 'approved' : 'pending', stillNeeded };
}

const PAST = { approve: 'approved', reject: 'rejected' };

function decidedAlready(approval: Approval, name: string, now: Date): Judgement {
  const { state } = approval;
  const last = approval.decisions.at(-1);
  if (state === 'superseded')
    return no(
      'conflict',
      `That question about ${name} was withdrawn or replaced by a newer one. Nothing changed; look at ${name} as it is now.`,
      { kind: 'question_replaced', recovery: name },
    );
  if (!last)
    return no('conflict', `The question about ${name} is closed (${state}). Nothing changed.`, {
      kind: 'question_closed',
      recovery: name,
      state,
    });
  const { principal: by, verdict } = last;
  const agoMs = since(last.at, now);
  return no('conflict', `${by} ${PAST[verdict]} this ${ago(agoMs)}. Nothing changed.`, {
    kind: 'decided_already',
    by,
    verdict,
    agoMs,
  });
}

function article(role: Role): string {
  return /^[aeiou]/.test(role) ? 'an' : 'a';
}

function canDecide(others: readonly string[]): string {
  if (others.length === 0) return 'Nobody else in the configuration can: give someone the role.';
  const last = others.at(-1) ?? '';
  return others.length === 1 ? `${last} can.` : `${others.slice(0, -1).join(', ')} and ${last} can.`;
}

function since(then: Date, now: Date): number {
  return Math.max(0, now.getTime() - then.getTime());
}

function ago(ms: number): string {
  return `${formatDuration(ms)} ago`;
}

function no(code: Refusal, message: string, because: Because): Extract<Judgement, { allowed: false }> {
  return { allowed: false, code, message, because };
}
