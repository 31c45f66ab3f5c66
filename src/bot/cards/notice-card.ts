import type { RecoveryView, RunbookSummary, Status } from '../../engine/engine.js';
import { formatDuration } from '../../engine/model/duration.js';
import type { Plan } from '../../engine/model/plan.js';
import { recoveryName } from '../../engine/model/recovery.js';
import type { Service } from '../../engine/model/service.js';
import type { Button, Card } from '../port.js';
import { totalMs } from './recovery-facts.js';
import { serviceLine } from './status-card.js';
import { about, dotted, oneLine } from './words.js';

/** A private answer of one sentence. */
export function noticeCard(text: string, buttons: Button[] = []): Card {
  return { tone: 'neutral', title: text, lines: [], buttons };
}

/** What a person reads who was refused: the sentence, and the way out. Nothing was done. */
export function refusalCard(message: string, wayOut: Button[] = []): Card {
  return { tone: 'attention', title: oneLine(message, 600), lines: [], buttons: wayOut };
}

/** `🧪 DRY RUN · redis_outage · nothing was touched`. There is no Approve here: the plan is made anew by Recover. */
export function dryRunCard(plan: Plan, previews: string[], command: string): Card {
  const need =
    plan.policy.need === 0
      ? 'It would start at once.'
      : `It would need ${plan.policy.need === 1 ? 'one approval' : `${plan.policy.need} approvals`}.`;
  const others = plan.alternatives.map((other) =>
    other.reason ? `${other.name} (${oneLine(other.reason, 60)})` : other.name,
  );
  return {
    tone: 'dry_run',
    title: `DRY RUN · ${plan.service} · ${plan.name} · nothing was touched`,
    lines: [
      dotted(
        oneLine(plan.explanation),
        `risk ${plan.risk}${plan.riskReasons.length > 0 ? `: ${plan.riskReasons.join(', ')}` : ''}`,
      ),
    ],
    steps: plan.steps.map((step, index) => {
      const preview = oneLine(previews[index] ?? '', 200);
      return {
        number: index + 1,
        icon: 'pending',
        text: oneLine(step.name, 120),
        ...(preview ? { note: preview } : {}),
      };
    }),
    footer: [need, ...(others.length > 0 ? [`Other plans: ${others.join(', ')}`] : [])],
    buttons: [{ label: 'Recover', command }],
  };
}

/** `/recover` alone. */
export function formCard(services: readonly Service[]): Card {
  const hint = 'A plan of low risk starts at once, others wait for an approval. `/recover plan SERVICE` only shows it.';
  return form(services, 'What shall be recovered?', hint, ({ name }) => ({ label: `Recover ${name}`, command: name }));
}

/** `/recover plan` alone. */
export function planFormCard(services: readonly Service[]): Card {
  const hint = 'A plan is only shown; nothing is touched.';
  return form(services, 'Plan for what?', hint, ({ name }) => ({ label: `Plan ${name}`, command: `plan ${name}` }));
}

function form(services: readonly Service[], title: string, hint: string, button: (service: Service) => Button): Card {
  if (services.length === 0) return noticeCard('There is no service in the configuration yet.');
  const first = [...services].sort((a, b) => a.priority - b.priority || a.name.localeCompare(b.name)).slice(0, 10);
  return { tone: 'neutral', title, lines: [hint], buttons: first.map(button) };
}

export function listCard(status: Status['services'], runbooks: readonly RunbookSummary[], now: Date): Card {
  const lines = Object.values(status).map((service) => serviceLine(service, now));
  const books = runbooks.map(
    (runbook) =>
      `${runbook.id} (${runbook.services.join(', ') || 'any service'}): ${oneLine(runbook.description, 150)}`,
  );
  return {
    tone: 'neutral',
    title: `${lines.length} ${lines.length === 1 ? 'service' : 'services'}, ${books.length} ${books.length === 1 ? 'runbook' : 'runbooks'}`,
    lines: [...lines, ...books],
    buttons: [],
  };
}

/** Cancellations that the card calls by another name. */
const ENDED: Record<string, string> = { rejected: 'rejected', approval_expired: 'expired' };

export function historyCard(views: readonly RecoveryView[], service?: string): Card {
  const lines = views.map((view) => {
    const { recovery } = view;
    const ago = about(+view.at - +(recovery.endedAt ?? recovery.createdAt));
    const how = `${ENDED[recovery.outcome?.code ?? ''] ?? recovery.state.toLowerCase().replace('_', ' ')}${recovery.unverified && recovery.state === 'SUCCEEDED' ? ', unverified' : ''} in ${formatDuration(totalMs(view))}`;
    return dotted(
      recoveryName(recovery.id),
      recovery.service,
      recovery.plan.name,
      how,
      `${ago} ago`,
      recovery.requestedBy,
    );
  });
  const of = service ? ` of ${service}` : '';
  return {
    tone: 'neutral',
    title: lines.length === 0 ? `No recovery${of} has ended yet.` : `Last recoveries${of}`,
    lines,
    buttons: [],
  };
}
