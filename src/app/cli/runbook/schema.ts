import { readEnvironment } from '../../../config/environment.js';
import { createActions } from '../../../engine/actions/actions.js';
import { runbookJsonSchema } from '../../../engine/planner/runbook-json-schema.js';
import { loadExtensions } from '../../extensions/load.js';
import type { Terminal } from './terminal.js';
import { configFor, type WorkbenchFlags } from './workbench.js';

/** Prints the JSON Schema of this installation's runbooks: with the actions of its extensions. */
export async function schemaCommand({ config: flag }: WorkbenchFlags, { print, env }: Terminal): Promise<number> {
  const config = await configFor(flag, env, readEnvironment(env));
  const { actions } = await loadExtensions(config?.extensions ?? []);
  print(JSON.stringify(runbookJsonSchema(createActions(actions)), null, 2));
  return 0;
}
