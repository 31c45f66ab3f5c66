/**
 * Shares one look among all who ask while another is under way. Nobody gets a look that began before they asked, so
 * that what somebody has just changed is always in it.
 */
export function coalesced<T>(look: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> | undefined;
  let next: Promise<T> | undefined;
  const begin = (): Promise<T> => {
    next = undefined;
    const looking = look();
    const ended = looking
      .catch(() => undefined)
      .then(() => {
        if (running === ended) running = undefined;
      });
    running = ended;
    return looking;
  };
  return () => {
    if (!running) return begin();
    next ??= running.then(begin);
    return next;
  };
}
