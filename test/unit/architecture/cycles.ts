import { importsOf, targetOf } from './imports.js';
import type { SourceFile } from './source-files.js';

/** Groups of files that need each other at runtime, each group sorted; type imports do not count. */
export function importCycles(files: readonly SourceFile[]): string[][] {
  const graph = new Map(files.map((source) => [source.file, runtimeTargets(source)]));
  const open: string[] = [];
  const order = new Map<string, { index: number; low: number }>();
  const cycles: string[][] = [];

  /** Tarjan: a file whose `low` is its own index closes a strongly connected group. */
  function visit(file: string): { index: number; low: number } {
    const mark = { index: order.size, low: order.size };
    order.set(file, mark);
    open.push(file);
    for (const target of graph.get(file) ?? []) {
      if (!graph.has(target)) continue;
      const seen = order.get(target);
      if (!seen) mark.low = Math.min(mark.low, visit(target).low);
      else if (open.includes(target)) mark.low = Math.min(mark.low, seen.index);
    }
    if (mark.low === mark.index) {
      const group = open.splice(open.indexOf(file));
      if (group.length > 1 || graph.get(file)?.includes(file)) cycles.push(group.sort());
    }
    return mark;
  }

  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return cycles;
}

function runtimeTargets({ file, text }: SourceFile): string[] {
  return importsOf(text).flatMap(({ specifier, typeOnly }) => (typeOnly ? [] : (targetOf(file, specifier) ?? [])));
}
