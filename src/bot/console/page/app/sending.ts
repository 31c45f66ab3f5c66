import { focusFirst } from '../dom/focus.js';
import type { Scrolling } from '../dom/scroll.js';
import type { Act } from '../model/act.js';
import { dismissed, sentFrom } from '../model/acting.js';
import { lineOf } from '../model/command-line.js';
import { formBody, openForm } from '../model/dialog.js';
import type { Button } from '../model/message.js';
import { replied } from '../model/receive.js';
import type { ComposerPlace } from '../model/state.js';
import { Refused } from '../net/client.js';
import { WORDS } from '../words/language.js';
import { actId } from './act-id.js';
import type { Session } from './session.js';
import type { Store } from './store.js';

/** How buttons, the command box and the form reach the server. `reply`: the private card that is done with then. */
export interface Sending {
  /** Asks first where the button says so. */
  start(act: Act, button: Button, reply?: string): void;
  send(act: Act, reply?: string): void;
  /** What is in the command box; when that is nothing, the form. */
  say(place: ComposerPlace): void;
  openForm(): void;
  sendForm(): Promise<void>;
}

export function createSending(store: Store, scrolling: Scrolling, session: () => Session | undefined): Sending {
  const sending: Sending = {
    start(act, button, reply) {
      const { confirm: question, label, style } = button;
      if (question === undefined) sending.send(act, reply);
      else
        store.change((state) => ({
          ...state,
          dialog: { kind: 'confirm', question, label, danger: style === 'danger', act, reply },
        }));
      store.flush();
      focusFirst('dialog');
    },
    send(act, reply) {
      store.change((state) => ({ ...state, dialog: undefined }));
      const sent = session()?.acts.send(act);
      store.flush();
      void sent?.then((taken) => taken && reply !== undefined && store.change(dismissed(reply)));
    },
    say(place) {
      const { composers, channel, thread } = store.get();
      const line = lineOf(composers[place].text);
      if (line === '') {
        sending.openForm();
        return;
      }
      store.change(sentFrom(place, line));
      scrolling.toEnd(place);
      sending.send({
        id: actId(),
        channel,
        thread: place === 'thread' ? thread : null,
        after: null,
        command: line,
      });
    },
    openForm() {
      store.change((state) => ({ ...state, dialog: openForm(state.catalog, actId()) }));
      store.flush();
      focusFirst('dialog');
    },
    async sendForm() {
      const { dialog: form, channel } = store.get();
      if (form?.kind !== 'form' || form.busy) return;
      store.change((state) => ({ ...state, dialog: { ...form, busy: true, problem: undefined } }));
      try {
        const taken = await session()?.client.post('forms', { channel, ...formBody(form) });
        store.change((state) => ({ ...state, dialog: undefined, view: 'channel' }));
        const place = { channel, thread: null, after: taken?.message ?? null };
        for (const reply of taken?.replies ?? []) store.change(replied(reply, place));
        scrolling.toEnd('channel');
      } catch (error) {
        const said = error instanceof Refused && error.status !== 0 ? error.message : undefined;
        const problem = said ?? WORDS[store.get().language].notSent;
        store.change((state) => ({ ...state, dialog: { ...form, busy: false, problem } }));
      }
    },
  };
  return sending;
}
