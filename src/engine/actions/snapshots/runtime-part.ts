import { sizeInWords } from '../docker/size.js';
import type { Part } from './part.js';

/** A container's configuration, image and volumes, or the files of a process: what the runtime itself can keep. */
export const runtimePart: Part = {
  name: 'runtime',
  title: 'its configuration and files',
  has: ({ runtime }) => runtime.snapshot !== undefined,

  async measure({ runtime }, { signal }, without) {
    const bytes = (await runtime.snapshot?.measure(signal, without)) ?? 0;
    const { summary } = await runtime.status(signal);
    return { bytes, words: `${summary} with ${sizeInWords(bytes)} of files` };
  },

  capture: async ({ runtime }, folder, { signal }, without) =>
    (await runtime.snapshot?.capture(folder, signal, without)) ?? { contents: [], facts: {} },

  prove: async ({ runtime }, folder, facts, { signal }) =>
    (await runtime.snapshot?.rehearse?.(folder, facts, signal)) ?? [],
};
