import type { Workload } from './schema.js';

/** What Reviver writes to the annotations of a workload, never to its template: that would replace its pods. */
const MARK = {
  /** The step that changed it last: `R-12/3@installation`. */
  by: 'reviver.made_by',
  /** How many pods it had when it was stopped. */
  size: 'reviver.size',
  /** Ids of the pods that a step replaces all at once. */
  replaces: 'reviver.replaces',
  /** Hashes of the templates that rollbacks have left, the latest last. */
  left: 'reviver.left',
} as const;

/** All of them: none is something that people say of a service. */
export const MARKS: readonly string[] = Object.values(MARK);

export function madeBy({ metadata }: Workload): string | undefined {
  return metadata.annotations[MARK.by];
}

export function sizeBefore({ metadata }: Workload): number | undefined {
  const size = Number(metadata.annotations[MARK.size]);
  return Number.isInteger(size) && size > 0 ? size : undefined;
}

export function replacedPods({ metadata }: Workload): ReadonlySet<string> {
  return new Set(metadata.annotations[MARK.replaces]?.split(',').filter((uid) => uid !== ''));
}

const MOST_LEFT = 10;

export function leftTemplates({ metadata }: Workload): ReadonlySet<string> {
  return new Set(metadata.annotations[MARK.left]?.split(',').filter((hash) => hash !== ''));
}

export interface Marks {
  by?: string;
  size?: number;
  replaces?: readonly string[];
  /** A template that is left. */
  left?: string;
}

/** With these marks. Those of another step that are not given anew are gone, except what was left. */
export function marked(workload: Workload, { by, size, replaces, left }: Marks): Workload {
  const { [MARK.size]: _, [MARK.replaces]: __, ...kept } = workload.metadata.annotations;
  const annotations = {
    ...kept,
    ...(by === undefined ? {} : { [MARK.by]: by }),
    ...(size === undefined ? {} : { [MARK.size]: String(size) }),
    ...(replaces === undefined ? {} : { [MARK.replaces]: replaces.join(',') }),
    ...(left === undefined ? {} : { [MARK.left]: [...leftTemplates(workload), left].slice(-MOST_LEFT).join(',') }),
  };
  return { ...workload, metadata: { ...workload.metadata, annotations } };
}
