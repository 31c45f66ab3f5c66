import { type Environment, inspectEnvironment } from '../../config/environment.js';
import { type Config, loadConfig } from '../../config/load.js';
import { loadRunbooks } from '../../engine/planner/load-runbooks.js';
import type { Runbook } from '../../engine/planner/runbook.js';
import { reasonOf } from './reason.js';

/** All that is known before the checks run. */
export interface Patient {
  env: NodeJS.ProcessEnv;
  environment: Environment;
  problems: string[];
  config: Config | undefined;
  configError: string | undefined;
  /** Read once for all checks; each tells of its own troubles. */
  runbooks(): Promise<Runbook[]>;
}

export async function admit(env: NodeJS.ProcessEnv): Promise<Patient> {
  const { environment, problems } = inspectEnvironment(env, ['DATABASE_URL']);
  let loaded: Promise<Runbook[]> | undefined;
  const runbooks = () => {
    loaded ??= loadRunbooks(environment.REVIVER_RUNBOOKS);
    return loaded;
  };
  const known = { env, environment, problems, runbooks };
  try {
    return { ...known, config: await loadConfig(environment.REVIVER_CONFIG), configError: undefined };
  } catch (error) {
    return { ...known, config: undefined, configError: reasonOf(error) };
  }
}
