import { createBox } from './app/box.js';
import { forgetToken, keepToken, readToken } from './app/keep-token.js';
import { listenToKeys } from './app/keys.js';
import { createPerform } from './app/perform.js';
import { type Session, startSession } from './app/session.js';
import { createStore } from './app/store.js';
import { focusBox, focusFirst, hasKeyboard, keepingFocus } from './dom/focus.js';
import { createRenderer } from './dom/render.js';
import { createScrolling } from './dom/scroll.js';
import { entered, left, scrolled } from './model/go.js';
import { loginProblem } from './model/login-problem.js';
import { initialState, type LoginProblem, type State } from './model/state.js';
import { createClient, Refused } from './net/client.js';
import type { Detail, Intent } from './view/intent.js';
import { pageView } from './view/page.js';
import { languageOf } from './words/language.js';

const TICK_MS = 1_000;
/** While all is well, ages need not be exact to the second. */
const CALM_TICKS = 10;
const ENTER_AGAIN_MS = 3_000;
const NOTHING: Detail = { value: '', checked: false, caret: 0, key: '', shift: false, fields: {} };

/** Wires the page, top to bottom. */
function start(root: HTMLElement): void {
  const pageVersion = root.dataset.version ?? '';
  const fresh = initialState(languageOf(navigator.languages), Date.now());
  // Ages are told by the server's clock: this device's may be wrong.
  let skewMs = 0;
  const now = (): number => Date.now() + skewMs;
  let session: Session | undefined;

  const scrolling = createScrolling((atEnd) => store.change(scrolled(atEnd)));
  const render = createRenderer(root, (intent, detail) => perform(intent, detail));
  const store = createStore(fresh, (state) => {
    scrolling.around(() => keepingFocus(() => render(pageView(state))));
    document.title = titleOf(state);
    document.documentElement.lang = state.language;
  });
  const perform = createPerform({
    store,
    box: createBox(store),
    scrolling,
    session: () => session,
    signIn: (token, stay) => void enter(token, () => keepToken(token, stay)),
    signOut: () => leave(),
  });

  async function enter(token: string, onEntered: () => void = () => {}): Promise<void> {
    if (!/^\S+$/.test(token)) return leave({ kind: 'malformed' });
    store.change((state) => ({ ...state, session: { kind: 'entering' } }));
    const client = createClient(token, (serverTime) => {
      if (!Number.isNaN(serverTime)) skewMs = serverTime - Date.now();
    });
    try {
      const [person, channels] = await Promise.all([client.me(), client.channels()]);
      onEntered();
      store.change(entered(person, channels));
      session = startSession(token, client, store, pageVersion, () => leave({ kind: 'ended' }));
      store.flush();
      if (hasKeyboard()) focusBox();
    } catch (error) {
      const problem = loginProblem(error instanceof Refused ? error : { status: 0 });
      if (problem.kind === 'unreachable' && readToken() === token) return comeBack(token, problem);
      leave(problem);
    }
  }

  /** The server is away, and nothing is known against the token: it is kept. */
  function comeBack(token: string, problem: LoginProblem): void {
    store.change(left(fresh, problem));
    setTimeout(() => store.get().session.kind === 'out' && readToken() === token && void enter(token), ENTER_AGAIN_MS);
  }

  function leave(problem?: LoginProblem): void {
    forgetToken();
    session?.close();
    session = undefined;
    store.change(left(fresh, problem));
    store.flush();
    focusFirst('login');
  }

  let ticks = 0;
  setInterval(() => {
    ticks += 1;
    const { link } = store.get();
    if (link.kind === 'lost' || ticks % CALM_TICKS === 0) store.change((state) => ({ ...state, now: now() }));
  }, TICK_MS);
  listenToKeys(
    store,
    (intent: Intent) => void perform(intent, NOTHING),
    () => session?.open(store.get().channel, null),
  );
  for (const event of ['online', 'offline', 'pageshow']) addEventListener(event, () => session?.following.check());
  addEventListener('online', () => session?.following.tryNow());
  document.addEventListener('visibilitychange', () => document.hidden || session?.following.check());

  const token = readToken();
  if (token === undefined) leave();
  else void enter(token);
}

function titleOf({ session, view, channel, unread }: State): string {
  if (session.kind !== 'in') return 'Reviver';
  const count = [...unread.values()].reduce((sum, each) => sum + each, 0);
  return `${count > 0 ? `(${count}) ` : ''}${view === 'home' ? '' : `${channel} · `}Reviver`;
}

const root = document.getElementById('page');
if (root) start(root);
