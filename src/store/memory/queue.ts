import type { Recovery } from '../../engine/model/recovery.js';
import { createHeap } from './heap.js';

/**
 * The scheduled recoveries in two heaps: those whose time has not come, by when it does, and those that are due, by
 * priority and age. An entry is never searched for: one whose recovery has moved on since is dropped when it comes out.
 */
export interface Queue {
  add(recovery: Recovery): void;
  /** The first that `accepts` takes, at most `most`; all of them stay in the queue. */
  first(most: number, now: Date, accepts: (id: number) => boolean): number[];
}

type Entry = Pick<Recovery, 'id' | 'priority' | 'revision'> & { dueAt: number };

export function createQueue(current: (id: number) => Recovery | undefined): Queue {
  const later = createHeap<Entry>((one, other) => one.dueAt < other.dueAt);
  const due = createHeap<Entry>((one, other) =>
    one.priority === other.priority ? one.id < other.id : one.priority < other.priority,
  );
  const holds = ({ id, revision }: Entry): boolean => {
    const recovery = current(id);
    return recovery?.state === 'SCHEDULED' && recovery.revision === revision;
  };

  function becomeDue(now: number): void {
    for (let next = later.peek(); next && next.dueAt <= now; next = later.peek()) {
      later.pop();
      due.push(next);
    }
  }

  return {
    add({ id, priority, revision, wakeAt }) {
      if (wakeAt) later.push({ id, priority, revision, dueAt: wakeAt.getTime() });
    },

    first(most, now, accepts) {
      becomeDue(now.getTime());
      const seen: Entry[] = [];
      const accepted: number[] = [];
      while (accepted.length < most) {
        const entry = due.pop();
        if (!entry) break;
        if (!holds(entry)) continue;
        seen.push(entry);
        if (accepts(entry.id)) accepted.push(entry.id);
      }
      for (const entry of seen) due.push(entry);
      return accepted;
    },
  };
}
