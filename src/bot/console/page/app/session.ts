import { goHome } from '../model/go.js';
import { read, received, seenUpTo, startOver } from '../model/receive.js';
import { type Client, Refused } from '../net/client.js';
import { type Following, follow } from '../net/following.js';
import { WORDS } from '../words/language.js';
import { type Acts, createActs } from './acts.js';
import { createSoon } from './soon.js';
import type { Store } from './store.js';

/** What works while somebody is signed in. */
export interface Session {
  client: Client;
  acts: Acts;
  following: Following;
  /** Reads a channel or a thread, unless it is known. */
  open(channel: string, thread: string | null): void;
  openHome(): void;
  close(): void;
}

const CATALOG_SOON_MS = 1_000;
const HOME_SOON_MS = 700;
const HOME_EVERY_MS = 10_000;

/** `onEnded`: the token holds no longer. */
export function startSession(
  token: string,
  client: Client,
  store: Store,
  pageVersion: string,
  onEnded: () => void,
): Session {
  const acts = createActs(client, store, onEnded);
  const catalog = createSoon(CATALOG_SOON_MS, async () => {
    const found = await client.completions(store.get().channel);
    store.change((state) => ({ ...state, catalog: found }));
  });
  const home = createSoon(HOME_SOON_MS, readHome);
  const refreshing = setInterval(() => store.get().view === 'home' && home.ring(), HOME_EVERY_MS);

  async function readHome(): Promise<void> {
    if (store.get().view !== 'home') return;
    const cards = await client.home(store.get().channel).catch(endedOrNothing);
    if (cards) store.change((state) => ({ ...state, home: cards }));
  }

  async function readPlace(channel: string, thread: string | null): Promise<number> {
    const { messages, version } = await client.messages(channel, thread);
    store.change(read(messages, thread ?? channel));
    return version;
  }

  /** What is in sight is read again, so that it is right at once; the stream brings all else that was missed. */
  async function catchUp(): Promise<void> {
    try {
      const { channel, thread, cursor } = store.get();
      const { messages, version } = await client.messages(channel, null);
      if (version < cursor) store.change(startOver(version));
      else if (cursor === 0) store.change(seenUpTo(version));
      store.change(read(messages, channel));
      if (thread !== null) await readPlace(channel, thread);
      catalog.ring();
      home.ring();
      void lookForNewPage();
    } catch (error) {
      if (error instanceof Refused && error.status === 401) onEnded();
      throw error;
    }
  }

  async function lookForNewPage(): Promise<void> {
    const version = await client.pageVersion();
    if (version !== undefined && version !== pageVersion) store.change((state) => ({ ...state, outdated: true }));
  }

  function endedOrNothing(error: unknown): undefined {
    if (error instanceof Refused && error.status === 401) onEnded();
  }

  const following = follow({
    token,
    catchUp,
    cursor: () => store.get().cursor,
    reachable: client.reachable,
    onEvent(event) {
      if (event.type === 'private') return acts.arrived(event.reply);
      store.change(received(event.message));
      store.change(seenUpTo(event.message.version));
      if (event.message.thread === null) catalog.ring();
      home.ring();
    },
    onLink(link) {
      store.change((state) => {
        if (link === 'live') return { ...state, link: { kind: 'live' } };
        if (state.link.kind === 'lost') return state;
        const announcement = WORDS[state.language].lost('0');
        return { ...state, link: { kind: 'lost', since: state.now }, announcement };
      });
    },
  });
  catalog.ring();
  return {
    client,
    acts,
    following,
    open(channel, thread) {
      // Each channel has its language.
      catalog.ring();
      if (!store.get().loaded.has(thread ?? channel)) readPlace(channel, thread).catch(endedOrNothing);
    },
    openHome() {
      store.change(goHome());
      readHome().catch(endedOrNothing);
    },
    close() {
      clearInterval(refreshing);
      catalog.close();
      home.close();
      following.close();
    },
  };
}
