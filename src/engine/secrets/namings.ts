import type { Action } from '../actions/action.js';
import type { ActionCall } from '../model/plan.js';
import type { Service } from '../model/service.js';
import type { Runbook } from '../planner/runbook.js';
import { pathText } from '../yaml/problem.js';
import { callsOf, type WrittenCall } from './calls-of.js';
import { secretFields } from './credential.js';
import { holdsReference, inWords, referencesIn, textsOf } from './reference.js';
import { secretSettings } from './service-settings.js';

/** A text that names secrets, and where it stands: `runbook orders: steps[1].with.headers.Authorization`. */
export interface Naming {
  where: string;
  text: string;
  /** Why no secret may stand there, without a full stop. */
  misplaced?: string;
}

export interface Written {
  services: readonly Service[];
  runbooks: readonly Runbook[];
  /** `step_aliases`, by name. */
  aliases: ReadonlyMap<string, ActionCall>;
  actions: ReadonlyMap<string, Action>;
  /** `escalation.contacts.webhook` */
  webhook?: string | undefined;
}

/** Wherever the configuration and the runbooks name secrets. */
export function namingsIn({ services, runbooks, aliases, actions, webhook }: Written): Naming[] {
  const ofSteps = (where: string, calls: readonly WrittenCall[]) =>
    calls.flatMap((call) => ofCall(call, where, actions.get(call.action)));
  return [
    ...services.flatMap((service) => {
      const where = `service ${service.name}`;
      const { promote = [], switch: leads = [] } = service.failover ?? {};
      return [
        ...(service.declared ? [] : secretSettings(service).flatMap((one) => naming(one, where))),
        ...ofSteps(where, callsOf(promote, actions, ['failover', 'promote'])),
        ...ofSteps(where, callsOf(leads, actions, ['failover', 'switch'])),
      ];
    }),
    ...runbooks.flatMap(({ id, steps, params }) => [
      ...ofSteps(`runbook ${id}`, callsOf(steps, actions, ['steps'])),
      ...textsOf(params, ['params']).flatMap((one) => (isWithin(one.text) ? naming(one, `runbook ${id}`) : [])),
    ]),
    ...[...aliases].flatMap(([name, { action, input }]) =>
      ofSteps('step_aliases', [{ action, input, path: [name, 'with'] }]),
    ),
    ...textsOf(webhook, ['contacts', 'webhook']).flatMap((one) => naming(one, 'escalation')),
  ];
}

interface Place {
  path: readonly PropertyKey[];
  text: string;
}

function ofCall({ input, path, action: name }: WrittenCall, where: string, action: Action | undefined): Naming[] {
  const fields = action ? secretFields(action.input) : [];
  return textsOf(input).flatMap(({ path: at, text }) => {
    const place = { path: [...path, ...at], text };
    if (fields.includes(String(at[0]))) return naming(place, where);
    // Elsewhere `env:A` is text, as it always was; what is marked as a reference is meant as one.
    if (name === 'sub_runbook' || !isWithin(text)) return [];
    return naming(place, where).map((one) => ({ ...one, misplaced: whyMisplaced(name, fields) }));
  });
}

function whyMisplaced(action: string, fields: readonly string[]): string {
  const allowed = fields.length > 0 ? `in ${fields.join(', ')}` : 'in no field of it';
  return `a secret may not stand there: it would be seen. Of ${action} it may stand ${allowed}`;
}

function naming({ path, text }: Place, where: string): Naming[] {
  return holdsReference(text) ? [{ where: `${where}: ${pathText(path)}`, text }] : [];
}

/** Marked as one within a text; a template may still have to be filled in. */
function isWithin(text: string): boolean {
  return text.includes('${') && holdsReference(text);
}

/** For people, without what stands around them: `env:A, vault:secret/data/b#c`. */
export function namesOf({ text }: Naming): string {
  return referencesIn(text).map(inWords).join(', ');
}
