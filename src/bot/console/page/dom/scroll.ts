/** How far from its end a list still counts as being at its end, in pixels. */
const NEAR_PX = 48;

export interface Scrolling {
  /** Called around each change of the document: a list that was at its end stays there. */
  around(change: () => void): void;
  toEnd(list: string): void;
  close(): void;
}

/** Keeps lists of messages at their newest message, unless their reader has scrolled away from it. */
export function createScrolling(onChannel: (atEnd: boolean) => void): Scrolling {
  const atEnd = new WeakMap<Element, boolean>();
  const observer = new ResizeObserver(() => {
    for (const list of lists()) if (atEnd.get(list) !== false) stick(list);
  });
  const observed = new WeakSet<Element>();

  function scrolled(event: Event): void {
    const list = event.currentTarget;
    if (!(list instanceof HTMLElement)) return;
    const near = isNear(list);
    atEnd.set(list, near);
    if (list.dataset.list === 'channel') onChannel(near);
  }

  function watch(list: HTMLElement): void {
    if (observed.has(list)) return;
    observed.add(list);
    observer.observe(list);
    list.addEventListener('scroll', scrolled, { passive: true });
  }

  return {
    around(change) {
      change();
      for (const list of lists()) {
        watch(list);
        if (atEnd.get(list) !== false) stick(list);
      }
    },
    toEnd(name) {
      for (const list of lists()) {
        if (list.dataset.list !== name) continue;
        atEnd.set(list, true);
        stick(list);
      }
    },
    close: () => observer.disconnect(),
  };
}

function lists(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('[data-list]')];
}

function stick(list: HTMLElement): void {
  list.scrollTop = list.scrollHeight;
}

function isNear({ scrollHeight, scrollTop, clientHeight }: HTMLElement): boolean {
  return scrollHeight - scrollTop - clientHeight < NEAR_PX;
}
