import { join } from 'node:path';
import { buildIfOlder } from './setup/build.mjs';
import { ROOT, setUp } from './setup.mjs';

/** Parts of `npm run bench` that measure the planner alone: what they are called, and who does it. */
const PARTS = {
  accuracy: async (args) => (await part('accuracy')).accuracy(args),
  learn: async (args) => (await part('learn')).learn(args),
  plan: async (args) => (await part('plan')).plan(args),
};

/** @returns whether there is such a part; then it has been measured */
export async function plannerBench([name, ...args]) {
  const measure = Object.hasOwn(PARTS, name ?? '') ? PARTS[name] : undefined;
  if (!measure) return false;
  await setUp();
  await buildIfOlder(ROOT);
  await measure(args);
  return true;
}

const part = (name) => import(new URL(`file://${join(ROOT, 'bench/planner', `${name}.mjs`)}`).href);
