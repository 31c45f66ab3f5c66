import { ActionError } from '../../actions/action.js';
import type { Inspected } from './container.js';
import { connectNetworks, definition } from './definition.js';
import type { DockerEngine } from './engine.js';
import { replace } from './replace.js';

/** A new container with the configuration, volumes and networks of the old one. */
export function recreate(engine: DockerEngine, name: string, signal: AbortSignal): Promise<Inspected | undefined> {
  return replace(
    engine,
    name,
    async (old) => {
      if (!old) throw gone(name);
      await engine.ask(`make ${name} anew`, (docker) =>
        docker.createContainer({ ...definition(name, old), abortSignal: signal }),
      );
      await connectNetworks(engine, name, old);
    },
    signal,
  );
}

function gone(name: string): ActionError {
  return new ActionError(`There is no container ${name} to make anew, so its configuration is not known.`, {
    code: 'missing',
    retryable: false,
  });
}
