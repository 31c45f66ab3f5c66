import { z } from 'zod';
import { redact } from '../model/redact.js';
import { DockerRefusal } from '../runtimes/docker/engine.js';
import { type ActionContext, ActionError } from './action.js';
import { defineAction } from './define-action.js';
import { shortId } from './docker/container-of.js';
import { sizeInWords } from './docker/size.js';
import { text } from './fields.js';

const IMAGE = 'an image such as nginx:1.27, registry.example:5000/shop/web:1.4 or name@sha256:...';
/** Source: distribution/reference, the grammar of a reference; the default tag is latest. */
const REFERENCE =
  /^(?:[\w-]+(?:\.[\w-]+)*(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::\w[\w.-]{0,127}|@sha256:[0-9a-f]{64})?$/;

/** Lines of the engine while it pulls. */
const line = z.object({ error: z.string().optional() });

export const dockerPull = defineAction({
  name: 'docker_pull',
  description: 'Fetches an image from its registry; running containers keep theirs.',
  version: 1,
  input: z.strictObject({ image: text(IMAGE).refine((image) => REFERENCE.test(image), { error: IMAGE }) }),
  shorthand: 'image',
  risk: 0.1,
  // What is here already is not fetched again.
  idempotent: true,
  timeoutMs: 15 * 60_000,
  services: () => [],
  title: ({ image }) => `Pull ${image}`,

  look: async ({ image }, ctx) => ({ image_id: (await imageOf(image, ctx))?.Id ?? null }),

  async run({ image }, ctx, before) {
    await pull(image, ctx);
    const found = await imageOf(image, ctx);
    if (!found)
      throw new ActionError(`${image} was pulled, and is not there. Nothing else was changed.`, { code: 'gone' });
    return resultOf(found.Id, before.image_id);
  },

  async probe({ image }, before, ctx) {
    const found = await imageOf(image, ctx);
    if (found && before.image_id !== undefined && found.Id !== before.image_id)
      return {
        outcome: 'done',
        evidence: `${image} is ${shortId(found.Id)} now`,
        result: resultOf(found.Id, before.image_id),
      };
    return { outcome: 'not_done', evidence: found ? `${image} is the same as before` : `${image} is not there` };
  },

  async preview({ image }, ctx) {
    const found = await imageOf(image, ctx);
    const here = found
      ? `${shortId(found.Id)}, ${sizeInWords(found.Size)}, made ${found.Created.slice(0, 10)}`
      : 'none';
    return `would ask the registry for ${image}; here now: ${here}`;
  },
});

function resultOf(id: string, before: unknown) {
  const was = typeof before === 'string' ? before : undefined;
  const summary = was === id ? `${shortId(id)}, as before` : `${shortId(id)}${was ? `, before ${shortId(was)}` : ''}`;
  return { summary, image_id: id, changed: was !== id };
}

async function imageOf(image: string, ctx: ActionContext) {
  return ctx.docker
    .ask(`look for ${image}`, (docker) => docker.getImage(image).inspect(), { reads: true })
    .catch((error: unknown) => {
      if (error instanceof DockerRefusal && error.status === 404) return undefined;
      throw error;
    });
}

/** The engine fetches as long as the connection is open; what it has fetched of an image is no image yet. */
async function pull(image: string, ctx: ActionContext): Promise<void> {
  const failed = await ctx.docker
    .ask(
      `pull ${image}`,
      async (docker) => failureIn(await docker.pull(image, { abortSignal: ctx.signal }), ctx.signal),
      { reads: true },
    )
    .catch((error: unknown) => {
      ctx.signal.throwIfAborted();
      throw error instanceof DockerRefusal ? refused(image, error.message) : error;
    });
  ctx.signal.throwIfAborted();
  if (failed !== undefined) throw refused(image, failed);
  await tagAnew(image, ctx);
}

/** The engine notes when an image was tagged, and not when it was pulled: docker_prune must see that it is new here. */
async function tagAnew(image: string, ctx: ActionContext): Promise<void> {
  const [, repo, tag = 'latest'] = /^(.+?)(?::([^:/@]+))?$/.exec(image) ?? [];
  if (repo === undefined || repo.includes('@')) return;
  await ctx.docker.ask(`note that ${image} is new`, (docker) => docker.getImage(image).tag({ repo, tag }), {
    reads: true,
  });
}

/** What the engine says after it began to answer comes as a line of its own. */
async function failureIn(stream: AsyncIterable<Buffer | string>, signal: AbortSignal): Promise<string | undefined> {
  let rest = '';
  let failed: string | undefined;
  for await (const chunk of stream) {
    signal.throwIfAborted();
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const one of lines) failed ??= errorOf(one);
  }
  return failed ?? errorOf(rest);
}

function errorOf(text: string): string | undefined {
  try {
    return line.parse(JSON.parse(text)).error;
  } catch {
    return undefined;
  }
}

/** What the registry has not, or does not give, it will not give the next time. */
const FINAL = /manifest unknown|not found|denied|unauthorized|authentication required/i;

function refused(image: string, said: string): ActionError {
  const why = redact(said.replace(`Docker refused to pull ${image}: `, '').replace(/^server error - /, '')).slice(
    0,
    300,
  );
  return new ActionError(`${image} could not be pulled: ${why}. What is here was not changed.`, {
    code: 'pull_failed',
    retryable: !FINAL.test(said),
  });
}
