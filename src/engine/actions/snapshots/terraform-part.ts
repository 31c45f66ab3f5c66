import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { count } from '../../health/words.js';
import type { Captured } from '../../snapshots/snapshot.js';
import { glimpse } from '../terraform/glimpse.js';
import { requireFolder } from '../terraform/saved-plan.js';
import { pullState, stateOf } from '../terraform/state.js';
import type { Part } from './part.js';

/** A state is text, and seldom more than this. */
const MOST_BYTES = 10_000_000;

export const terraformFile = (folder: string): string => join(folder, 'terraform', 'state.json');

export const terraformFacts = z.object({ dir: z.string(), serial: z.number(), lineage: z.string() });

/** The state that Terraform has of a folder, wherever its backend keeps it. */
export const terraformPart: Part = {
  name: 'terraform',
  title: 'the Terraform state',
  has: ({ terraform }) => terraform !== undefined,

  async measure({ terraform = '' }) {
    return { bytes: MOST_BYTES, words: `the Terraform state of ${terraform} (${await glimpse(terraform)})` };
  },

  async capture({ terraform = '' }, folder, rim): Promise<Captured> {
    await requireFolder(terraform);
    const text = await pullState(rim, terraform);
    if (text === undefined) return { contents: [`Terraform in ${terraform} has no state yet`], facts: {} };
    const { serial, lineage, resources } = stateOf(text);
    await mkdir(join(folder, 'terraform'), { recursive: true });
    await writeFile(terraformFile(folder), text, { mode: 0o600 });
    return {
      contents: [`Terraform state of ${terraform}, serial ${serial}, ${count(resources.length, 'resource')}`],
      facts: { terraform: { dir: terraform, serial, lineage } },
    };
  },
};
