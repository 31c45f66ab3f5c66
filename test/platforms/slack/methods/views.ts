import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { homeView, LONGEST_VIEW, type ModalPayload, modalView } from '../blocks.js';
import { named, type OpenView } from '../workspace.js';
import { json, type Method, method, Refused } from './method.js';

export const views: Record<string, Method> = {
  'views.open': method(z.strictObject({ trigger_id: z.string(), view: json }), {
    tier: 4,
    scopes: [],
    run({ trigger_id, view: given }, { workspace, oneShots }) {
      const payload = checkedView(modalView, given);
      oneShots.useTrigger(trigger_id);
      const view: OpenView = {
        id: `V${randomBytes(5).toString('hex').toUpperCase()}`,
        hash: newHash(),
        user: oneShots.whoseTrigger(trigger_id),
        payload: { ...payload, blocks: named(payload.blocks) },
        values: new Map(),
      };
      workspace.modals.set(view.id, view);
      return { view: viewJson(view) };
    },
  }),
  'views.update': method(z.strictObject({ view_id: z.string(), hash: z.string().optional(), view: json }), {
    tier: 4,
    scopes: [],
    run({ view_id, hash, view: given }, { workspace }) {
      const view = workspace.modals.get(view_id);
      if (!view) throw new Refused('not_found');
      if (hash !== undefined && hash !== view.hash) throw new Refused('hash_conflict');
      redraw(view, checkedView(modalView, given));
      return { view: viewJson(view) };
    },
  }),
  'views.publish': method(z.strictObject({ user_id: z.string(), hash: z.string().optional(), view: json }), {
    tier: 4,
    scopes: [],
    run({ user_id, view: given }, { workspace }) {
      if (!workspace.people.has(user_id)) throw new Refused('invalid_arguments');
      const payload = checkedView(homeView, given);
      const published = (workspace.homes.get(user_id)?.published ?? 0) + 1;
      workspace.homes.set(user_id, {
        payload: { ...payload, blocks: named(payload.blocks) },
        hash: newHash(),
        published,
      });
      return { view: { id: `H${user_id}`, type: 'home' } };
    },
  }),
};

export const newHash = () => `${Date.now()}.${randomBytes(4).toString('hex')}`;

export function checkedView<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  if (JSON.stringify(given).length > LONGEST_VIEW) throw new Refused('view_too_large');
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new Refused('invalid_arguments', {
    response_metadata: { messages: [`[ERROR] ${z.prettifyError(parsed.error)}`] },
  });
}

/** What was chosen stays where block and element have kept their names. */
export function redraw(view: OpenView, payload: ModalPayload): void {
  view.payload = { ...payload, blocks: named(payload.blocks) };
  view.hash = newHash();
  const kept = new Set(
    view.payload.blocks.flatMap((block) =>
      block.type === 'input' ? [`${block.block_id} ${block.element.action_id}`] : [],
    ),
  );
  for (const key of view.values.keys()) if (!kept.has(key)) view.values.delete(key);
}

/** As it goes to the app, with what was chosen. */
export function viewJson(view: OpenView) {
  const values: Record<string, Record<string, unknown>> = {};
  for (const block of view.payload.blocks) {
    if (block.type !== 'input') continue;
    const { element, block_id = '' } = block;
    const given = view.values.get(`${block_id} ${element.action_id}`);
    values[block_id] = { [element.action_id]: { type: element.type, ...(given ?? initial(element)) } };
  }
  return {
    ...view.payload,
    id: view.id,
    root_view_id: view.id,
    hash: view.hash,
    team_id: 'T0TEAM',
    private_metadata: view.payload.private_metadata ?? '',
    state: { values },
  };
}

type Element = Extract<ModalPayload['blocks'][number], { type: 'input' }>['element'];

function initial(element: Element): object {
  if (element.type === 'static_select') return { selected_option: element.initial_option ?? null };
  if (element.type === 'checkboxes') return { selected_options: element.initial_options ?? [] };
  return { value: element.initial_value ?? null };
}
