import { focusBox, focusFirst, focusMessage } from '../dom/focus.js';
import type { Scrolling } from '../dom/scroll.js';
import { dismissed, pressOf } from '../model/acting.js';
import { fill } from '../model/dialog.js';
import { closeTopmost, goTo, openThread } from '../model/go.js';
import type { Detail, Intent, IntentName, Intents } from '../view/intent.js';
import { actId } from './act-id.js';
import type { Box } from './box.js';
import { createSending } from './sending.js';
import type { Session } from './session.js';
import type { Store } from './store.js';

export interface Parts {
  store: Store;
  box: Box;
  scrolling: Scrolling;
  session(): Session | undefined;
  signIn(token: string, stay: boolean): void;
  signOut(): void;
}

/** True: the browser shall not do what it would do by itself. */
type Performers = { [K in IntentName]: (given: Intents[K], detail: Detail) => boolean | undefined };

/** What each intent does: the one place where what people want has effects. */
export function createPerform(parts: Parts): (intent: Intent, detail: Detail) => boolean {
  const performers = performersOf(parts);
  const run = <K extends IntentName>(intent: Intent<K>, detail: Detail): boolean =>
    performers[intent.do](intent.given, detail) ?? false;
  return run;
}

function performersOf({ store, box, scrolling, session, signIn, signOut }: Parts): Performers {
  const sending = createSending(store, scrolling, session);
  return {
    sign_in: (_given, { fields }) => {
      signIn((fields.token ?? '').trim(), fields.stay === 'yes');
      return true;
    },
    sign_out: () => void signOut(),
    go({ channel }) {
      store.change(goTo(channel));
      session()?.open(channel, null);
      return undefined;
    },
    go_home: () => void session()?.openHome(),
    menu: () => void store.change((state) => ({ ...state, menuOpen: !state.menuOpen })),
    open_thread({ message }) {
      const found = store.get().messages.get(message);
      if (!found) return undefined;
      store.change(openThread(found.thread ?? message));
      session()?.open(found.channel, found.thread ?? message);
      store.flush();
      focusFirst('thread');
      return undefined;
    },
    close() {
      const { thread, dialog } = store.get();
      store.change(closeTopmost());
      store.flush();
      if (!dialog && thread !== null) focusMessage(thread);
      return true;
    },
    press({ message, command }) {
      const { messages, pressed: busy } = store.get();
      const found = messages.get(message);
      const button = found?.card.buttons.find((each) => each.command === command);
      if (found && button && !busy.has(message)) sending.start(pressOf(found, button, actId()), button);
      return undefined;
    },
    say({ button, channel, thread, after, reply }) {
      if (store.get().view === 'home') store.change(goTo(channel));
      sending.start({ id: actId(), channel, thread, after, command: button.command }, button, reply);
      return undefined;
    },
    repeat({ act, reply }) {
      store.change(dismissed(reply));
      sending.send(act);
      return undefined;
    },
    confirmed: ({ act, reply }) => void sending.send(act, reply),
    dismiss({ reply }) {
      store.change(dismissed(reply));
      store.flush();
      focusBox();
      return undefined;
    },
    type: ({ place }, { value, caret }) => void box.type(place, value, caret),
    key: ({ place }, detail) => box.key(place, detail),
    take: ({ place, index }) => void box.take(place, index),
    send({ place }) {
      sending.say(place);
      return true;
    },
    form: () => void sending.openForm(),
    fill({ name }, { value, checked }) {
      store.change((state) => {
        if (state.dialog?.kind !== 'form') return state;
        return { ...state, dialog: fill(state.dialog, name, name === 'dry_run' ? checked : value) };
      });
      return undefined;
    },
    send_form() {
      void sending.sendForm();
      return true;
    },
    help() {
      store.change((state) => ({ ...state, dialog: { kind: 'help' } }));
      store.flush();
      focusFirst('dialog');
      return undefined;
    },
    to_end: () => void scrolling.toEnd('channel'),
    to_box: () => void focusBox(),
    try_now: () => void session()?.following.tryNow(),
    reload: () => void location.reload(),
    stay: () => true,
  };
}
