import { type Inspected, inspect } from '../../runtimes/docker/container.js';
import { type ActionContext, ActionError } from '../action.js';

type Rim = Pick<ActionContext, 'service' | 'docker' | 'signal'>;

/** The container that a service is, by name. */
export function containerName(service: string, ctx: Pick<ActionContext, 'service'>): string {
  const { runtime, containerName: given, name } = ctx.service(service);
  if (runtime === 'docker') return given ?? name;
  throw new ActionError(
    `${service} has the runtime ${runtime}, so it is no container of its own; nothing was changed.`,
    {
      code: 'not_a_container',
      retryable: false,
    },
  );
}

/** As the engine has it now. */
export async function containerOf(service: string, ctx: Rim): Promise<Inspected> {
  const name = containerName(service, ctx);
  const found = await inspect(ctx.docker, name, ctx.signal);
  if (found) return found;
  throw new ActionError(`There is no container ${name} on this Docker engine; nothing was changed.`, {
    code: 'missing',
    retryable: false,
  });
}

/** `sha256:0123456789abcdef...` or a container's id, as people compare them. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12);
}
