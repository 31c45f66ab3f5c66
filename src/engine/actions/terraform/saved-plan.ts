import { chmod, mkdir, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../backups/durable-files.js';
import { sha256Of } from '../../backups/sha256.js';
import { type ActionContext, ActionError } from '../action.js';

/** A plan that was saved: `R-12_3`, and the SHA-256 of its file, so that the key means exactly this plan. */
const KEY = /^(R-\d+_\d+)\.([0-9a-f]{64})$/;

/** Saved plans hold values in the clear, and are stale soon: they are not kept for long. */
const KEEP_MS = 3 * 86_400_000;

const manifestSchema = z.object({ dir: z.string(), sha256: z.string() });

export interface SavedPlan {
  file: string;
  folder: string;
  key: string;
}

export function isPlanKey(text: string): boolean {
  return KEY.test(text);
}

/** An empty private folder for what the step of this run key plans; what an earlier attempt left there is gone. */
export async function emptyFolder(ctx: Pick<ActionContext, 'dataDir' | 'runKey' | 'now'>): Promise<string> {
  const root = rootOf(ctx.dataDir);
  await mkdir(root, { recursive: true, mode: 0o700 });
  await prune(root, ctx.now());
  const folder = join(root, nameOf(ctx.runKey));
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  return folder;
}

export const planFile = (folder: string): string => join(folder, 'plan');

/** Seals what Terraform has written into the folder. */
export async function seal(folder: string, runKey: string, dir: string): Promise<SavedPlan & { sha256: string }> {
  const file = planFile(folder);
  await chmod(file, 0o600);
  const sha256 = await sha256Of(file);
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ dir: await realpath(dir), sha256 }), { mode: 0o600 });
  return { file, folder, sha256, key: `${nameOf(runKey)}.${sha256}` };
}

/**
 * The plan that `plan_of` means, by its key or by the step that saved it. Refused when it is not the one that was shown:
 * another file, or one for another folder.
 */
export async function findPlan(
  planOf: string,
  dir: string,
  ctx: Pick<ActionContext, 'dataDir' | 'step'>,
): Promise<SavedPlan> {
  const { name, shown } = meant(planOf, ctx);
  const folder = join(rootOf(ctx.dataDir), name);
  const manifest = await readManifest(folder);
  if (!manifest)
    throw refuse(
      'plan_missing',
      `The Terraform plan of ${planOf} is not on this node: it was made on another one, or is too old`,
    );
  const sha256 = await sha256Of(planFile(folder)).catch(() => '');
  if (sha256 !== manifest.sha256 || (shown !== undefined && sha256 !== shown))
    throw refuse(
      'plan_changed',
      `The file of the Terraform plan of ${planOf} is not the one that was shown and approved`,
    );
  if (manifest.dir !== (await realpath(dir).catch(() => dir)))
    throw refuse('plan_elsewhere', `The Terraform plan of ${planOf} is for ${manifest.dir}, not for ${dir}`);
  return { file: planFile(folder), folder, key: `${name}.${sha256}` };
}

/** Says, over a crash too, that Terraform may have been started on this plan by this step. */
export async function markBegun({ folder }: SavedPlan, runKey: string): Promise<void> {
  await writeDurably(marker(folder, runKey), '');
}

export async function wasBegun({ folder }: SavedPlan, runKey: string): Promise<boolean> {
  return stat(marker(folder, runKey)).then(
    () => true,
    () => false,
  );
}

/** Refused before anything is run. */
export async function requireFolder(dir: string): Promise<void> {
  const found = await stat(dir).catch(() => undefined);
  if (!found?.isDirectory()) throw refuse('no_folder', `There is no folder ${dir} on this node`);
}

const rootOf = (dataDir: string): string => join(dataDir, 'terraform');
const nameOf = (runKey: string): string => runKey.replace('/', '_');
const marker = (folder: string, runKey: string): string => join(folder, `begun-${nameOf(runKey)}`);

const planResult = z.object({ plan: z.string() });

/** What the store says of the step is what people saw. */
function meant(planOf: string, ctx: Pick<ActionContext, 'step'>): { name: string; shown: string | undefined } {
  const [, name, sum] = KEY.exec(planOf) ?? [];
  if (name !== undefined) return { name, shown: sum };
  const step = ctx.step(planOf);
  if (!step) throw refuse('no_plan', `No step ${planOf} of this recovery saves a Terraform plan`);
  const [, , shown] = KEY.exec(planResult.safeParse(step.result).data?.plan ?? '') ?? [];
  return { name: nameOf(step.runKey), shown };
}

async function readManifest(folder: string): Promise<z.output<typeof manifestSchema> | undefined> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')));
  } catch {
    return undefined;
  }
}

async function prune(root: string, now: Date): Promise<void> {
  for (const name of await readdir(root)) {
    const folder = join(root, name);
    const age = now.getTime() - ((await stat(folder).catch(() => undefined))?.mtimeMs ?? now.getTime());
    if (age > KEEP_MS) await rm(folder, { recursive: true, force: true });
  }
}

function refuse(code: string, message: string): ActionError {
  return new ActionError(`${message}. Nothing was changed; plan again.`, { code, retryable: false });
}
