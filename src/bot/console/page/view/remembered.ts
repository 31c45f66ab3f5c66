import type { ViewNode } from './node.js';

const made = new WeakMap<object, { of: readonly unknown[]; view: ViewNode }>();

/**
 * The very view that was made before when the subject and what else it was made of are the same: then the document is
 * not looked at again. Typing must stay quick under a hundred messages.
 */
export function remembered(subject: object, of: readonly unknown[], make: () => ViewNode): ViewNode {
  const before = made.get(subject);
  if (before && before.of.length === of.length && before.of.every((each, index) => each === of[index]))
    return before.view;
  const view = make();
  made.set(subject, { of, view });
  return view;
}
