import type { Action, ActionContext, ProbeResult } from '../../../engine/actions/action.js';
import { parseInput } from '../../../engine/actions/parse-input.js';
import type { JsonObject } from '../../../engine/model/json.js';
import type { ActionCall, StepResult } from '../../../engine/model/plan.js';
import type { Service } from '../../../engine/model/service.js';
import { folderPrint } from './folder-print.js';
import { endsWhenAborted, look, onlyLooks, probeSays, refusesStrangers, run, type Stage, undoes } from './promises.js';
import { createScratch } from './scratch.js';

export interface TrialOptions {
  /** As a runbook's `with` has it. */
  input: JsonObject;
  /** What the configuration has. */
  services?: readonly Service[];
  /** Stand-ins for parts of the context, such as `service` or `step`. */
  context?: Partial<ActionContext>;
  /** Folders that nothing but `run` may change; `ctx.dataDir` is one by itself. */
  folders?: readonly string[];
  /** More that nothing but `run` may change, such as the rows of a table: what is there now, as any JSON. */
  state?(): Promise<unknown>;
  /** For an action that takes long: resolves when its effect is under way. Then it is aborted in the middle, too. */
  underWay?(): Promise<unknown>;
  /** What the probe says; default: not_done before, and done after, where an idempotent action may say not_done again. */
  probe?: { before?: ProbeResult['outcome']; after?: ProbeResult['outcome'] };
}

/** What was seen. */
export interface Trial {
  title: string;
  preview: string | undefined;
  before: JsonObject;
  result: StepResult;
  /** What undoes it. */
  inverse: ActionCall | undefined;
  /** Messages to the thread and the log. */
  said: string[];
}

/**
 * Runs an action for real and checks what the engine relies on: unknown keys are refused; title, risk, look and preview
 * have no effect; one that takes long heeds its signal; the probe tells before from after; an idempotent one may run twice. Throws one
 * sentence about the first promise that is broken.
 */
export async function testAction(action: Action, options: TrialOptions): Promise<Trial> {
  const scratch = await createScratch(options.services ?? [], options.context);
  const folders = [scratch.dataDir, ...(options.folders ?? [])];
  const state = async () => JSON.stringify([await folderPrint(folders), await options.state?.()]);
  const input = parseInput(action, options.input);
  const on: Stage = { action, input, scratch, state };
  const expected = { before: 'not_done', after: action.idempotent ? undefined : 'done', ...options.probe } as const;
  try {
    refusesStrangers(on);
    const { title, preview } = await onlyLooks(on);
    if (options.underWay) await endsWhenAborted(on, options.underWay);
    const before = await look(on);
    await probeSays(on, before, expected.before, 'before it ran');
    const result = await run(on, before);
    await probeSays(on, before, expected.after, 'after it had run');
    if (action.idempotent) await run(on, before);
    return { title, preview, before, result, inverse: undoes(on, before), said: scratch.said };
  } finally {
    await scratch.close();
  }
}
