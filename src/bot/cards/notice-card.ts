import type { RunbookSummary, Status } from '../../engine/engine.js';
import type { Because } from '../../engine/model/because.js';
import type { Plan } from '../../engine/model/plan.js';
import type { Service } from '../../engine/model/service.js';
import type { Button, Card } from '../port.js';
import { retold } from '../words/languages.js';
import type { Words } from '../words/words.js';
import { alternative, riskWords } from './recovery-facts.js';
import { serviceLine } from './status-card.js';
import { dotted, oneField, oneLine } from './words.js';

/** A private answer of one sentence. */
export function noticeCard(text: string, buttons: Button[] = []): Card {
  return { tone: 'neutral', title: text, lines: [], buttons };
}

/** What a person reads who was refused: the sentence, and the way out. Nothing was done. */
export function refusalCard(message: string, wayOut: Button[] = []): Card {
  return { tone: 'attention', title: oneLine(message, 600), lines: [], buttons: wayOut };
}

/** What would make a plan possible, each as a line that can be copied. */
export function noPlanCard(
  { service, runtime, remedies }: Extract<Because, { kind: 'no_plan' }>,
  { mistakes: { noPlan } }: Words,
): Card {
  const { match, setting, command } = remedies;
  const lines = [noPlan.match(match), setting && noPlan.setting(service, setting), noPlan.command(command)];
  return {
    tone: 'attention',
    title: noPlan.title(service, runtime),
    lines: lines.filter((line) => line !== undefined),
    buttons: [{ label: 'List', command: 'list' }],
  };
}

/** `🧪 DRY RUN · redis_outage · nothing was touched`. There is no Approve here: the plan is made anew by Recover. */
export function dryRunCard(plan: Plan, previews: string[], command: string, words: Words): Card {
  const { dryRun } = words.lists;
  const others = plan.alternatives.map((other) => alternative(other, words));
  return {
    tone: 'dry_run',
    title: dryRun.title(plan.service, plan.name),
    lines: [dotted(oneField(retold(words, plan.explanation), 300), riskWords(plan, words))],
    steps: plan.steps.map((step, index) => {
      const preview = oneField(previews[index] ?? '', 200);
      return {
        number: index + 1,
        icon: 'pending',
        text: oneField(step.name),
        ...(preview ? { note: preview } : {}),
      };
    }),
    footer: [...(others.length > 0 ? [dryRun.others(others)] : []), dryRun.need(plan.policy.need)],
    buttons: [{ label: plan.drill ? 'Drill' : 'Recover', command }],
  };
}

/** `/recover` alone. */
export function formCard(services: readonly Service[], words: Words): Card {
  const { title, hint } = words.lists.form;
  return form(services, title, hint, words, ({ name }) => ({ label: `Recover ${name}`, command: name }));
}

/** `/recover plan` alone. */
export function planFormCard(services: readonly Service[], words: Words): Card {
  const { planTitle, planHint } = words.lists.form;
  return form(services, planTitle, planHint, words, ({ name }) => ({ label: `Plan ${name}`, command: `plan ${name}` }));
}

function form(
  services: readonly Service[],
  title: string,
  hint: string,
  { lists }: Words,
  button: (service: Service) => Button,
): Card {
  if (services.length === 0) return noticeCard(lists.form.noService);
  const first = [...services].sort((a, b) => a.priority - b.priority || a.name.localeCompare(b.name)).slice(0, 10);
  return { tone: 'neutral', title, lines: [hint], buttons: first.map(button) };
}

export function listCard(
  status: Status['services'],
  runbooks: readonly RunbookSummary[],
  now: Date,
  words: Words,
): Card {
  const lines = Object.values(status).map((service) => serviceLine(service, now, words));
  const books = runbooks.map(
    ({ id, services, description }) =>
      `${id} (${services.join(', ') || words.lists.anyService}): ${oneLine(description, 150)}`,
  );
  return {
    tone: 'neutral',
    title: words.lists.title(lines.length, books.length),
    lines: [...lines, ...books],
    buttons: [],
  };
}
