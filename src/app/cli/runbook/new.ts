import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { readEnvironment } from '../../../config/environment.js';
import { createActions } from '../../../engine/actions/actions.js';
import { findAction } from '../../../engine/actions/short-step.js';
import { InvalidInput, UserError } from '../../../engine/model/errors.js';
import { findService } from '../../../engine/planner/candidates.js';
import { errorCode } from '../../../engine/processes/error-code.js';
import { loadExtensions } from '../../extensions/load.js';
import { packageRoot } from '../version.js';
import { draft } from './draft.js';
import type { Terminal } from './terminal.js';
import { configFor, type WorkbenchFlags } from './workbench.js';

export interface NewFlags extends WorkbenchFlags {
  /** Absent: the first of the configuration. */
  service?: string;
  /** Names of actions, in their order. */
  action: string[];
}

const ID = /^[a-z0-9][a-z0-9_-]{0,62}$/i;

/** Writes NAME.yaml into the folder of runbooks; a file that is there is left alone. */
export async function newCommand(
  name: string,
  { service, action, ...flags }: NewFlags,
  { print, env }: Terminal,
): Promise<number> {
  if (!ID.test(name)) throw new InvalidInput('name', name, 'letters, digits, _ and -, at most 63');
  const environment = readEnvironment(env);
  const config = await configFor(flags.config, env, environment);
  const actions = createActions((await loadExtensions(config?.extensions ?? [])).actions);
  const steps = action.flatMap((names) => names.split(',')).map((one) => findAction(one, actions, '--action'));
  const folder = flags.dir ?? environment.REVIVER_RUNBOOKS;
  const file = join(folder, `${name}.yaml`);
  const target = service ?? config?.services[0]?.name ?? 'my-service';
  if (config) findService(target, config.services);
  const schema = relative(resolve(folder), join(packageRoot(), 'schemas', 'runbook.schema.json'));
  const text = draft({ id: name, service: target, steps, schema });
  await mkdir(folder, { recursive: true });
  await writeFile(file, text, { flag: 'wx' }).catch((error: unknown) => {
    if (errorCode(error) === 'EEXIST')
      throw new UserError('conflict', `${file} is there already, and was left as it is. Choose another name.`);
    throw new UserError('invalid_input', `${file} cannot be written (${errorCode(error)}).`);
  });
  print(`Written: ${file}`);
  print(`Look at it:  reviver runbook explain ${file}`);
  print(`Try it:      reviver runbook test ${file}`);
  return 0;
}
