import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { count } from '../../health/words.js';
import { redact } from '../../model/redact.js';

const values = z.record(z.string(), z.unknown());

const changeSchema = z.object({
  actions: z.array(z.string()),
  before: values.nullish(),
  after: values.nullish(),
  /** `true`, or the parts that are known only when it was applied. */
  after_unknown: z.union([z.boolean(), values]).optional(),
});

/** What is used of `terraform show -json <plan>`. Source: developer.hashicorp.com/terraform/internals/json-format. */
export const planSchema = z.object({
  applyable: z.boolean().optional(),
  resource_changes: z.array(z.object({ address: z.string(), change: changeSchema })).default([]),
  output_changes: z
    .record(z.string(), z.object({ actions: z.array(z.string()), after: z.unknown(), after_unknown: z.unknown() }))
    .default({}),
});

export type TerraformPlan = z.output<typeof planSchema>;
type ResourceChange = TerraformPlan['resource_changes'][number];

const resource = z.object({
  address: z.string(),
  values: values.default({}),
  tainted: z.boolean().optional(),
  deposed_key: z.string().optional(),
});

interface Module {
  resources?: z.output<typeof resource>[] | undefined;
  child_modules?: Module[] | undefined;
}

const moduleSchema: z.ZodType<Module> = z.lazy(() =>
  z.object({ resources: z.array(resource).optional(), child_modules: z.array(moduleSchema).optional() }),
);

/** What is used of `terraform show -json`. */
export const stateSchema = z.object({
  values: z
    .object({
      root_module: moduleSchema.optional(),
      outputs: z.record(z.string(), z.object({ value: z.unknown() })).default({}),
    })
    .optional(),
});

export type TerraformState = z.output<typeof stateSchema>;

export interface Counts {
  add: number;
  change: number;
  destroy: number;
  /** Of outputs. */
  outputs: number;
}

/** As Terraform counts: a replacement is one to add and one to destroy. */
export function countChanges({ resource_changes, output_changes }: TerraformPlan): Counts {
  const having = (action: string) => resource_changes.filter(({ change }) => change.actions.includes(action)).length;
  const outputs = Object.values(output_changes).filter(({ actions }) => !actions.includes('no-op')).length;
  return { add: having('create'), change: having('update'), destroy: having('delete'), outputs };
}

/** False: there is nothing to apply, and so nothing to approve. */
export function hasChanges(plan: TerraformPlan): boolean {
  const { add, change, destroy, outputs } = countChanges(plan);
  return plan.applyable ?? add + change + destroy + outputs > 0;
}

export function inWords({ add, change, destroy, outputs }: Counts): string {
  const more = outputs > 0 ? `, ${count(outputs, 'output')} to change` : '';
  return `${add} to add, ${change} to change, ${destroy} to destroy${more}`;
}

/** Lines for people beyond these are counted. */
const MOST_LINES = 20;

/** What is destroyed comes first. */
const SIGNS: readonly (readonly [actions: string, sign: string])[] = [
  ['delete', '-'],
  ['delete create', '-/+'],
  ['create delete', '+/-'],
  ['forget', '.'],
  ['update', '~'],
  ['create', '+'],
];

/** Counts, and then one line a change, with the signs of Terraform: `- aws_instance.web`. No values: they may be secret. */
export function linesOf(plan: TerraformPlan): string[] {
  const resources = plan.resource_changes.map(({ address, change }) => ({
    address,
    actions: change.actions.join(' '),
  }));
  const outputs = Object.entries(plan.output_changes).map(([name, { actions }]) => ({
    address: `output.${name}`,
    actions: actions.join(' '),
  }));
  const lines = SIGNS.flatMap(([actions, sign]) =>
    [...resources, ...outputs]
      .filter((one) => one.actions === actions)
      .map(({ address }) => `${sign} ${redact(address)}`),
  );
  const more = lines.length - MOST_LINES;
  const shown = more > 0 ? [...lines.slice(0, MOST_LINES), `and ${more} more`] : lines;
  return [hasChanges(plan) ? inWords(countChanges(plan)) : 'no changes', ...shown];
}

export interface Progress {
  /** Addresses of changes whose result is in the state. */
  there: string[];
  missing: string[];
  /** Nothing that can be seen in a state tells before from after. */
  unseen: string[];
}

/** How much of a plan a state shows. Outputs count where nothing else changes. */
export function progressOf(plan: TerraformPlan, state: TerraformState): Progress {
  const now = resourcesOf(state.values?.root_module);
  const progress: Progress = { there: [], missing: [], unseen: [] };
  for (const change of plan.resource_changes.filter(acts)) progress[judge(change, now)].push(change.address);
  const resources = progress.there.length + progress.missing.length + progress.unseen.length;
  if (resources > 0) return progress;
  for (const [name, { actions, after }] of Object.entries(plan.output_changes)) {
    if (actions.includes('no-op')) continue;
    const same = isDeepStrictEqual(state.values?.outputs[name]?.value, after ?? undefined);
    progress[same ? 'there' : 'missing'].push(`output.${name}`);
  }
  return progress;
}

function acts({ change: { actions } }: ResourceChange): boolean {
  return !actions.every((action) => action === 'no-op' || action === 'read');
}

function judge({ address, change }: ResourceChange, now: Map<string, Found>): keyof Progress {
  const found = now.get(address);
  const { actions, before, after } = change;
  if (!actions.includes('create') && !actions.includes('update')) return found ? 'missing' : 'there';
  if (!found || found.tainted || !matches(change, found.values)) return 'missing';
  if (before === null || before === undefined) return 'there';
  const renewed = actions.includes('delete') && before.id !== undefined;
  if (renewed) return before.id === found.values.id ? 'missing' : 'there';
  return after && matches(change, before) ? 'unseen' : 'there';
}

/** All attributes that the plan knew are as it wanted them. */
function matches(
  { after, after_unknown: unknown }: ResourceChange['change'],
  present: Record<string, unknown>,
): boolean {
  if (unknown === true) return true;
  const later = typeof unknown === 'object' ? unknown : {};
  return Object.entries(after ?? {}).every(
    ([name, wanted]) => hasUnknown(later[name]) || isDeepStrictEqual(present[name] ?? null, wanted ?? null),
  );
}

function hasUnknown(mark: unknown): boolean {
  if (typeof mark === 'object' && mark !== null) return Object.values(mark).some(hasUnknown);
  return mark === true;
}

type Found = Pick<z.output<typeof resource>, 'values' | 'tainted'>;

function resourcesOf(module: Module | undefined): Map<string, Found> {
  const own = (module?.resources ?? []).filter(({ deposed_key }) => deposed_key === undefined);
  const below = (module?.child_modules ?? []).flatMap((child) => [...resourcesOf(child)]);
  return new Map([...own.map((one) => [one.address, one] as const), ...below]);
}
