import type { ASTNode } from '@marcbachmann/cel-js';
import { InvalidInput } from '../model/errors.js';

/** Functions whose first argument names a variable of their own: `list.exists(x, x > 1)`. */
const BINDERS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** The names that a CEL condition reads, as paths: `params.backup`, `steps.plan.result.has_changes`. */
export async function namesInCondition(expression: string, field: string): Promise<string[]> {
  const { parse } = await import('@marcbachmann/cel-js');
  try {
    return [...new Set(read(parse(expression).ast, new Set()))];
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new InvalidInput(field, expression, `a CEL condition (${why})`);
  }
}

function read(node: ASTNode, bound: ReadonlySet<string>): string[] {
  const path = pathOf(node);
  if (path) return bound.has(path[0] ?? '') ? [] : [path.join('.')];
  if (node.op === 'rcall' && BINDERS.has(node.args[0])) {
    const [, list, [variable, ...rest]] = node.args;
    const inner = variable?.op === 'id' ? new Set([...bound, variable.args]) : bound;
    return [...read(list, bound), ...rest.flatMap((one) => read(one, inner))];
  }
  return nodesIn(node.args).flatMap((one) => read(one, bound));
}

/** `a.b["c"]` as a, b, c; undefined for what is no path. */
function pathOf(node: ASTNode): string[] | undefined {
  if (node.op === 'id') return [node.args];
  if (node.op === '.' || node.op === '.?') {
    const path = pathOf(node.args[0]);
    return path && [...path, node.args[1]];
  }
  if (node.op !== '[]' && node.op !== '[?]') return undefined;
  const [of, key] = node.args;
  const path = pathOf(of);
  return path && key.op === 'value' && typeof key.args === 'string' ? [...path, key.args] : undefined;
}

function nodesIn(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(nodesIn);
  return isNode(args) ? [args] : [];
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}
