import { ActionError } from '../../actions/action.js';
import type { Inspected } from './container.js';
import { connectNetworks, definition } from './definition.js';
import type { DockerEngine } from './engine.js';
import { marked, replace } from './replace.js';

/** A new container with the configuration, volumes and networks of the old one. `by` is the step that asks. */
export function recreate(
  engine: DockerEngine,
  name: string,
  by: string,
  signal: AbortSignal,
): Promise<Inspected | undefined> {
  const make = async (old: Inspected | undefined): Promise<void> => {
    if (!old) throw gone(name);
    await engine.ask(`make ${name} anew`, (docker) =>
      docker.createContainer({ ...marked(definition(name, old), by), abortSignal: signal }),
    );
    await connectNetworks(engine, name, old);
  };
  return replace(engine, name, { by, make }, signal);
}

function gone(name: string): ActionError {
  return new ActionError(
    `There is no container ${name} to make anew, so its configuration is not known. Nothing was changed; the strategy rollback brings it back from a snapshot.`,
    { code: 'missing', retryable: false },
  );
}
