import type { Action, ActionContext, BackupCatalog } from '../actions/action.js';
import { ActionError } from '../actions/action.js';
import type { JsonObject } from '../model/json.js';
import { redact, withoutKnownJson } from '../model/redact.js';
import { secretFields } from './credential.js';
import { holdsReference, textsOf } from './reference.js';
import type { Secrets } from './secrets.js';
import { bearing, withItsSecrets } from './service-settings.js';

/**
 * The action with its secrets, which it gets at the last moment: right before its effect, its look, probe, detail or
 * preview. All that is stored and shown is the input with the references; what undoes a step has them again.
 */
export function lateAction(action: Action, secrets: Secrets, backups: BackupCatalog): Action {
  const fields = secretFields(action.input);
  const { look, probe, detail, preview } = action;

  /** Both as the effect needs them; the same ones where there is nothing to fill in. */
  async function filled(given: JsonObject, ctx: ActionContext): Promise<{ input: JsonObject; ctx: ActionContext }> {
    const own = await withSettings(given, ctx);
    const named = fields.filter((name) => textsOf(given[name]).some(({ text }) => holdsReference(text)));
    if (named.length === 0) return { input: given, ctx: own };
    const values = named.map(async (name) => [name, await secrets.resolve(given[name], ctx.signal)] as const);
    const input = { ...given, ...Object.fromEntries(await Promise.all(values)) };
    refuseUnfit(action, input, named);
    return { input, ctx: own };
  }

  /** Services that it touches are as they are set, with their secrets. */
  async function withSettings(given: JsonObject, ctx: ActionContext): Promise<ActionContext> {
    const some = bearing(ctx.services());
    if (some.length === 0) return ctx;
    const touched = action.services(given, backups);
    const needed = some.filter(({ name }) => touched.includes(name));
    const known = await Promise.all(needed.map((service) => withItsSecrets(service, secrets, ctx.signal)));
    return { ...ctx, service: (name) => known.find((service) => service.name === name) ?? ctx.service(name) };
  }

  async function late<Result>(
    given: JsonObject,
    ctx: ActionContext,
    work: (input: JsonObject, ctx: ActionContext) => Promise<Result>,
  ): Promise<Result> {
    const known = await filled(given, ctx);
    return work(known.input, known.ctx);
  }

  return {
    ...action,
    run: (given, ctx, before) => late(given, ctx, (input, own) => action.run(input, own, before)),
    look: look && ((given, ctx) => late(given, ctx, (input, own) => look.call(action, input, own))),
    probe: probe && ((given, before, ctx) => late(given, ctx, (input, own) => probe.call(action, input, before, own))),
    detail:
      detail &&
      ((given, ctx) =>
        late(given, ctx, async (input, own) => {
          const { lines, facts } = await detail.call(action, input, own);
          return { lines: lines.map(redact), facts: withoutKnownJson(facts) };
        })),
    preview: preview && ((given, ctx) => late(given, ctx, (input, own) => preview.call(action, input, own))),
  };
}

/** What the references stand for is checked as what is written plainly, and never told. */
function refuseUnfit(action: Action, input: JsonObject, named: readonly string[]): void {
  const { issues = [] } = action.input.safeParse(input).error ?? {};
  const unfit = issues.find(({ path }) => named.includes(String(path[0])));
  if (!unfit) return;
  const field = `${action.name}.${unfit.path.join('.')}`;
  throw new ActionError(`${field}: the secret that it names is not ${unfit.message}. Nothing was done.`, {
    code: 'secret_unfit',
    retryable: false,
    untouched: true,
  });
}
