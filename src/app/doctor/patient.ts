import { type Environment, inspectEnvironment } from '../../config/environment.js';
import { type Config, loadConfig } from '../../config/load.js';
import { reasonOf } from './reason.js';

/** All that is known before the checks run. */
export interface Patient {
  env: NodeJS.ProcessEnv;
  environment: Environment;
  problems: string[];
  config: Config | undefined;
  configError: string | undefined;
}

export async function admit(env: NodeJS.ProcessEnv): Promise<Patient> {
  const { environment, problems } = inspectEnvironment(env, ['DATABASE_URL']);
  try {
    return { env, environment, problems, config: await loadConfig(environment.REVIVER_CONFIG), configError: undefined };
  } catch (error) {
    return { env, environment, problems, config: undefined, configError: reasonOf(error) };
  }
}
