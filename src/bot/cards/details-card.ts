import type { RecoveryView } from '../../engine/engine.js';
import type { Approval } from '../../engine/model/approval.js';
import type { Plan } from '../../engine/model/plan.js';
import { recoveryName } from '../../engine/model/recovery.js';
import type { Card } from '../port.js';
import { approvalButtons, verbButtons } from './buttons.js';
import { recoveryCard } from './recovery-card.js';
import { openApproval, outcomeLine, planLine, reasonLine } from './recovery-facts.js';
import { stepRows } from './steps.js';
import { about, dotted, enumerate, oneLine, shortDigest } from './words.js';

/** What `Details` answers: the card's title with everything behind it. */
export function detailsCard(view: RecoveryView): Card {
  const { recovery } = view;
  const card = recoveryCard(view);
  const asked = recovery.state === 'AWAITING_APPROVAL' ? openApproval(view) : undefined;
  const errors = view.steps
    .filter((step) => step.error)
    .map((step) => `${oneLine(step.name, 80)}: ${oneLine(step.error?.message ?? '')}`);
  return {
    tone: card.tone,
    title: card.title,
    lines: [planLine(view), reasonLine(view), outcomeLine(view), ...errors].filter((line) => line !== undefined),
    steps: stepRows(view),
    footer: [
      ...view.approvals.map((approval) => approvalLine(approval)),
      dotted(
        `plan ${shortDigest(recovery.planDigest)}`,
        `priority ${recovery.priority}`,
        `asked ${about(+view.at - +recovery.createdAt)} ago`,
        recovery.retryOf !== null && `retry of ${recoveryName(recovery.retryOf)}`,
      ),
    ],
    buttons: [...(asked ? approvalButtons(view, asked) : []), ...verbButtons(view)],
  };
}

/** What `why` answers: the evidence for a plan and for its risk. `name` is of the recovery that runs it. */
export function whyCard(plan: Plan, name?: string): Card {
  return {
    tone: 'neutral',
    title: dotted(name, plan.service, `why ${plan.name}`),
    lines: [
      plan.explanation ? oneLine(plan.explanation) : 'No earlier recovery speaks for or against it.',
      `Risk ${plan.risk}${plan.riskReasons.length > 0 ? `: ${plan.riskReasons.map((reason) => oneLine(reason, 100)).join(', ')}` : ''}.`,
      `Approval: ${plan.policy.need === 0 ? 'none needed' : `${plan.policy.need} needed`}, by the rule "${oneLine(plan.policy.rule, 120)}".`,
      ...plan.alternatives.map(
        (other) => `Instead: ${other.name}${other.reason ? `, ${oneLine(other.reason, 100)}` : ''}`,
      ),
    ],
    buttons: [],
  };
}

function approvalLine(approval: Approval): string {
  const what = approval.step === null ? 'Plan' : `Step ${approval.step + 1}`;
  const by = approval.decisions.map((decision) => `${decision.principal} (${decision.verdict} on ${decision.via})`);
  return dotted(`${what} ${shortDigest(approval.digest)}: ${approval.state}`, by.length > 0 && enumerate(by));
}
