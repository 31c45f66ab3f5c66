import { ActionError } from '../../actions/action.js';
import { type Inspected, inspect } from './container.js';
import type { DockerEngine } from './engine.js';

/** What the old container is called while the new one is not proven to start. */
export const ASIDE = '-reviver-aside';

/**
 * Puts a new container into the place of the old one, which is set aside, and removed when the new one runs; when that
 * does not come to run, the old one is put back. Goes on from where an earlier attempt stopped. `make` gets the old one,
 * or what an earlier attempt has set aside, and makes, but does not start, the new one.
 */
export async function replace(
  engine: DockerEngine,
  name: string,
  make: (old: Inspected | undefined) => Promise<void>,
  signal: AbortSignal,
): Promise<Inspected | undefined> {
  const found = await inspect(engine, name, signal);
  const aside = await asideOf(engine, name, found, signal);
  if (!aside && found) await setAside(engine, name, signal);
  else if (found) await remove(engine, name);
  try {
    await make(aside ?? found);
    await engine.ask(`start the new ${name}`, (docker) => docker.getContainer(name).start({ abortSignal: signal }));
  } catch (error) {
    const back = await putBack(engine, name, found?.State.Running === true || aside !== undefined);
    if (!back || !(error instanceof ActionError)) throw error;
    throw new ActionError(`${error.message} The old container is back in its place.`, error.options);
  }
  if (aside ?? found) await remove(engine, name + ASIDE);
  return inspect(engine, name, signal);
}

/** What an earlier attempt set aside. Beside a container that runs it is only what that attempt could not remove any more. */
async function asideOf(
  engine: DockerEngine,
  name: string,
  found: Inspected | undefined,
  signal: AbortSignal,
): Promise<Inspected | undefined> {
  const aside = await inspect(engine, name + ASIDE, signal);
  if (!aside || !found?.State.Running) return aside;
  await remove(engine, name + ASIDE);
  return undefined;
}

async function setAside(engine: DockerEngine, name: string, signal: AbortSignal): Promise<void> {
  await engine.ask(`stop ${name}`, (docker) =>
    docker
      .getContainer(name)
      .stop({ t: 10, abortSignal: signal })
      .catch((error: unknown) => {
        if (typeof error !== 'object' || error === null || Reflect.get(error, 'statusCode') !== 304) throw error;
      }),
  );
  await engine.ask(`set the old ${name} aside`, (docker) => docker.getContainer(name).rename({ name: name + ASIDE }));
}

async function putBack(engine: DockerEngine, name: string, run: boolean): Promise<boolean> {
  if (!(await inspect(engine, name + ASIDE))) return false;
  if (await inspect(engine, name)) await remove(engine, name);
  await engine.ask(`put the old ${name} back`, (docker) => docker.getContainer(name + ASIDE).rename({ name }));
  if (run) await engine.ask(`start the old ${name}`, (docker) => docker.getContainer(name).start());
  return true;
}

/** Anonymous volumes stay: the new container has them now, or the old one will again. */
async function remove(engine: DockerEngine, name: string): Promise<void> {
  await engine.ask(`remove ${name}`, (docker) => docker.getContainer(name).remove({ force: true, v: false }));
}
