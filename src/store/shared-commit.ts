/**
 * Lets writes of concurrent recoveries share a commit: what arrives while one is on its way goes with the next. A single
 * write is sent in the same turn of the event loop, so that sharing costs nothing alone. At most `lanes` sends are on their way at any time.
 */
export function sharedCommit<Item, Result>(
  send: (items: Item[]) => Promise<Result[]>,
  options: {
    most: number;
    lanes: number;
    /**
     * Whether a batch that failed so is known to have changed nothing. Only then are its writes sent again, each alone;
     * else each writer is told, since only it can find out whether its write is there.
     */
    undone(error: unknown): boolean;
  },
): (item: Item) => Promise<Result> {
  interface Waiting {
    item: Item;
    resolve(result: Result): void;
    reject(error: unknown): void;
  }
  let waiting: Waiting[] = [];
  let busy = 0;
  let gathering = false;

  /** The results of one commit make many writers go on in the same turn: what they write next goes together. */
  const gather = (): void => {
    if (gathering) return;
    gathering = true;
    setImmediate(() => {
      gathering = false;
      flush();
    });
  };

  const flush = (): void => {
    while (busy < options.lanes && waiting.length > 0) {
      const batch = waiting.slice(0, options.most);
      waiting = waiting.slice(options.most);
      busy += 1;
      void sendBatch(batch).finally(() => {
        busy -= 1;
        gather();
      });
    }
  };

  const sendBatch = async (batch: Waiting[]): Promise<void> => {
    try {
      const results = await send(batch.map(({ item }) => item));
      if (results.length !== batch.length)
        throw new Error(`${batch.length} writes were answered by ${results.length} results`);
      results.forEach((result, index) => {
        batch[index]?.resolve(result);
      });
    } catch (error) {
      if (batch.length > 1 && options.undone(error)) for (const one of batch) await sendBatch([one]);
      else for (const { reject } of batch) reject(error);
    }
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      gather();
    });
}
