import type Docker from 'dockerode';
import { ActionError } from '../../actions/action.js';
import { mayUndo } from '../may-undo.js';
import { type Inspected, inspect } from './container.js';
import { type DockerEngine, DockerRefusal } from './engine.js';

/** What the old container is called while the new one is not proven to start. */
export const ASIDE = '-reviver-aside';

/** Label of a container that took another one's place: the step that made it, `R-12/3`. */
export const MADE_BY = 'reviver.made_by';

export interface Replacement {
  /** The step that asks, `R-12/3`: what it has made before is told from what was there before it. */
  by: string;
  /** Makes, but does not start, the new one; given the old one, or what an earlier attempt has set aside. */
  make(old: Inspected | undefined): Promise<void>;
  /** A new one that an interrupted attempt has made and not started is removed: what was made for it may go, too. */
  discarded?(unstarted: Inspected): Promise<void>;
}

/**
 * Puts a new container into the place of the old one, which is set aside, and removed when the new one runs; when that
 * does not come to run, the old one is put back. Goes on from where an earlier attempt stopped: a new one of the same step
 * that runs is the result, and only the old one is still to be removed.
 */
export async function replace(
  engine: DockerEngine,
  name: string,
  { by, make, discarded }: Replacement,
  signal: AbortSignal,
): Promise<Inspected | undefined> {
  const there = await inspect(engine, name, signal);
  const aside = await inspect(engine, name + ASIDE, signal);
  if (aside && there?.State.Running && madeBy(there) === by) return finished(engine, name, there);
  const halfMade = there && neverStarted(there) && madeBy(there) !== undefined;
  if (halfMade) {
    await remove(engine, name);
    await discarded?.(there);
  }
  const found = halfMade ? undefined : there;
  const old = await outOfTheWay(engine, name, { found, aside }, signal);
  try {
    await make(old);
    await engine.ask(`start the new ${name}`, (docker) => docker.getContainer(name).start({ abortSignal: signal }));
  } catch (error) {
    if (old && mayUndo(signal)) throw withOldBack(error, await putBack(engine, name, ranBefore(found, aside)));
    throw error;
  }
  if (old) await remove(engine, name + ASIDE);
  return inspect(engine, name, signal);
}

/** The configuration of a new container, with the mark of the step that makes it. */
export function marked(options: Docker.ContainerCreateOptions, by: string): Docker.ContainerCreateOptions {
  return { ...options, Labels: { ...options.Labels, [MADE_BY]: by } };
}

async function finished(engine: DockerEngine, name: string, found: Inspected): Promise<Inspected> {
  await remove(engine, name + ASIDE);
  return found;
}

/**
 * The old one under its other name. What an earlier attempt set aside is the old one, and what does not run in its place
 * goes; beside a container that runs, it is only what somebody before this step could not remove any more.
 */
async function outOfTheWay(
  engine: DockerEngine,
  name: string,
  { found, aside }: { found: Inspected | undefined; aside: Inspected | undefined },
  signal: AbortSignal,
): Promise<Inspected | undefined> {
  if (aside && !found?.State.Running) {
    if (found) await remove(engine, name);
    return aside;
  }
  if (aside) await remove(engine, name + ASIDE);
  if (found) await setAside(engine, name, signal);
  return found;
}

function madeBy({ Config }: Inspected): string | undefined {
  return Config.Labels[MADE_BY];
}

function neverStarted({ State }: Inspected): boolean {
  return State.Status === 'created';
}

function ranBefore(found: Inspected | undefined, aside: Inspected | undefined): boolean {
  return found?.State.Running === true || aside !== undefined;
}

async function setAside(engine: DockerEngine, name: string, signal: AbortSignal): Promise<void> {
  await engine
    .ask(`stop ${name}`, (docker) => docker.getContainer(name).stop({ t: 10, abortSignal: signal }))
    .catch((error: unknown) => {
      if (!(error instanceof DockerRefusal) || error.status !== STOPPED_ALREADY) throw error;
    });
  await engine.ask(`set the old ${name} aside`, (docker) => docker.getContainer(name).rename({ name: name + ASIDE }));
}

const STOPPED_ALREADY = 304;

async function putBack(engine: DockerEngine, name: string, run: boolean): Promise<boolean> {
  if (!(await inspect(engine, name + ASIDE))) return false;
  if (await inspect(engine, name)) await remove(engine, name);
  await engine.ask(`put the old ${name} back`, (docker) => docker.getContainer(name + ASIDE).rename({ name }));
  if (run) await engine.ask(`start the old ${name}`, (docker) => docker.getContainer(name).start());
  return true;
}

function withOldBack(error: unknown, back: boolean): unknown {
  if (!back || !(error instanceof ActionError)) return error;
  return new ActionError(`${error.message} The old container is back in its place.`, error.options);
}

/** Anonymous volumes stay: the new container has them now, or the old one will again. */
async function remove(engine: DockerEngine, name: string): Promise<void> {
  await engine.ask(`remove ${name}`, (docker) => docker.getContainer(name).remove({ force: true, v: false }));
}
