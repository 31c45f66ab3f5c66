/** A binary min-heap: the least entry comes out first. Adding and taking are O(log n). */
export interface Heap<Entry> {
  size(): number;
  /** The least one, which stays; undefined when it is empty. */
  peek(): Entry | undefined;
  push(entry: Entry): void;
  pop(): Entry | undefined;
}

export function createHeap<Entry>(isBefore: (one: Entry, other: Entry) => boolean): Heap<Entry> {
  const entries: Entry[] = [];

  function swapIf(lower: number, upper: number): boolean {
    const [one, other] = [entries[lower], entries[upper]];
    if (one === undefined || other === undefined || !isBefore(one, other)) return false;
    entries[lower] = other;
    entries[upper] = one;
    return true;
  }

  function rise(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!swapIf(at, parent)) return;
      at = parent;
    }
  }

  function sink(): void {
    for (let at = 0; ; ) {
      const [left, right] = [entries[2 * at + 1], entries[2 * at + 2]];
      if (left === undefined) return;
      const child = right !== undefined && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
      if (!swapIf(child, at)) return;
      at = child;
    }
  }

  return {
    size: () => entries.length,
    peek: () => entries[0],
    push(entry) {
      entries.push(entry);
      rise(entries.length - 1);
    },
    pop() {
      const [first] = entries;
      const last = entries.pop();
      if (last !== undefined && entries.length > 0) {
        entries[0] = last;
        sink();
      }
      return first;
    },
  };
}
