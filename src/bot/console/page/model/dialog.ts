import type { Act } from './act.js';
import type { Catalog } from './catalog.js';

/** What stands in front of everything else. */
export type Dialog = { kind: 'help' } | Confirming | Form;

/** Asked before a destructive button does what it says. */
export interface Confirming {
  kind: 'confirm';
  question: string;
  label: string;
  danger: boolean;
  act: Act;
  /** The private card whose button it was. */
  reply: string | undefined;
}

/** The form of `/recover` alone. */
export interface Form {
  kind: 'form';
  /** Of this act: sending it twice does it once. */
  id: string;
  service: string;
  /** Empty: the best plan. */
  plan: '' | `runbook:${string}` | `strategy:${string}`;
  params: Readonly<Record<string, string>>;
  dryRun: boolean;
  reason: string;
  busy: boolean;
  problem: string | undefined;
}

export function openForm(catalog: Catalog, id: string): Form {
  return {
    kind: 'form',
    id,
    service: catalog.services[0]?.name ?? '',
    plan: '',
    params: {},
    dryRun: false,
    reason: '',
    busy: false,
    problem: undefined,
  };
}

/** A change of one field; what no longer fits is left out. */
export function fill(form: Form, name: string, value: string | boolean): Form {
  const text = String(value);
  if (name === 'service') return { ...form, service: text, plan: '', params: {}, problem: undefined };
  if (name === 'plan') return { ...form, plan: planOf(text), params: {}, problem: undefined };
  if (name === 'dry_run') return { ...form, dryRun: value === true };
  if (name === 'reason') return { ...form, reason: text };
  return { ...form, params: { ...form.params, [name.replace(/^param:/, '')]: text } };
}

/** As the server takes it: what was left empty is not said. */
export function formBody(form: Form): Record<string, unknown> {
  const [kind, ...name] = form.plan.split(':');
  const params = Object.fromEntries(Object.entries(form.params).filter(([, value]) => value.trim() !== ''));
  return {
    id: form.id,
    service: form.service,
    ...(kind ? { [kind]: name.join(':') } : {}),
    ...(Object.keys(params).length > 0 ? { params } : {}),
    ...(form.dryRun ? { dry_run: true } : {}),
    ...(form.reason.trim() ? { reason: form.reason.trim() } : {}),
  };
}

/** The runbook that is chosen by name. */
export function chosenRunbook({ plan }: Form): string | undefined {
  return plan.startsWith('runbook:') ? plan.slice('runbook:'.length) : undefined;
}

function planOf(text: string): Form['plan'] {
  if (text.startsWith('runbook:')) return `runbook:${text.slice(8)}`;
  return text.startsWith('strategy:') ? `strategy:${text.slice(9)}` : '';
}
