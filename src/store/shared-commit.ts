/**
 * Lets writes of concurrent recoveries share a commit: what arrives while one is on its way goes with the next. A single
 * write is sent at once, so that sharing costs nothing alone.
 */
export function sharedCommit<Item, Result>(
  send: (items: Item[]) => Promise<Result[]>,
  options: { most: number; lanes: number },
): (item: Item) => Promise<Result> {
  interface Waiting {
    item: Item;
    resolve(result: Result): void;
    reject(error: unknown): void;
  }
  let waiting: Waiting[] = [];
  let busy = 0;

  const flush = (): void => {
    if (busy >= options.lanes || waiting.length === 0) return;
    const batch = waiting.slice(0, options.most);
    waiting = waiting.slice(options.most);
    busy += 1;
    void sendBatch(batch).finally(() => {
      busy -= 1;
      flush();
    });
  };

  const sendBatch = async (batch: Waiting[]): Promise<void> => {
    try {
      const results = await send(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => {
        const result = results[index];
        if (result !== undefined) resolve(result);
      });
    } catch (error) {
      // One bad write must not fail its neighbours: they are sent again, each alone.
      if (batch.length === 1) batch[0]?.reject(error);
      else await Promise.all(batch.map((one) => sendBatch([one])));
    }
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      flush();
    });
}
