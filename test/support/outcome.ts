import { isObject } from './is-object.js';

/**
 * Whether a test of this file failed so far. jest tells nobody in `afterAll`, so its runner's own state is read; should
 * that ever be hidden, this answers false.
 */
export function anyTestFailed(): boolean {
  const key = Object.getOwnPropertySymbols(globalThis).find((symbol) => symbol.description === 'JEST_STATE_SYMBOL');
  const state: unknown = key && Reflect.get(globalThis, key);
  return isObject(state) && hasErrors(state.rootDescribeBlock);
}

function hasErrors(block: unknown): boolean {
  if (!isObject(block) || !Array.isArray(block.children)) return false;
  return block.children.some((child: unknown) => {
    if (!isObject(child)) return false;
    return child.type === 'test' ? Array.isArray(child.errors) && child.errors.length > 0 : hasErrors(child);
  });
}
