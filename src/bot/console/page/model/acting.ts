import { WORDS } from '../words/language.js';
import type { Act } from './act.js';
import { said } from './composer.js';
import type { Button, Message } from './message.js';
import type { Change, ComposerPlace } from './state.js';

/** The act that pressing a button of a message is. */
export function pressOf(message: Message, { command }: Button, id: string): Act {
  const thread = message.thread;
  return { id, channel: message.channel, thread, after: message.id, message: message.id, command };
}

/** At once, before anything is sent: the button shows that it works, and its neighbours wait. */
export function pressed(message: string, command: string): Change {
  return (state) => {
    const version = state.messages.get(message)?.version ?? 0;
    return { ...state, pressed: new Map(state.pressed).set(message, { command, version }) };
  };
}

/** The server has answered, and the card stays as it is: its buttons may be pressed again. */
export function released(message: string): Change {
  return (state) => {
    const rest = new Map(state.pressed);
    return rest.delete(message) ? { ...state, pressed: rest } : state;
  };
}

/**
 * What the server said against it, or nothing when it did not answer. Where it is not known whether it was done, its
 * person is offered to repeat it, under the same id.
 */
export function failed(act: Act, detail: string | undefined, repeatable: boolean): Change {
  return (state) => {
    const words = WORDS[state.language];
    const { channel, thread, after } = act;
    const title = detail ?? words.notSent;
    const buttons = repeatable ? [{ label: words.tryAgain, command: act.command }] : [];
    const card = {
      tone: 'attention' as const,
      title,
      lines: [`/recover ${act.command}`],
      steps: [],
      footer: [],
      buttons,
    };
    const reply = { id: `failed:${act.id}`, card, channel, thread, after, ...(repeatable ? { repeat: act } : {}) };
    return { ...state, replies: [...state.replies.filter(({ id }) => id !== reply.id), reply], announcement: title };
  };
}

/** A message was pressed again: what was said of the last time is over. */
export function answeredAnew(message: string): Change {
  return (state) => ({ ...state, replies: state.replies.filter(({ after }) => after !== message) });
}

export function dismissed(reply: string): Change {
  return (state) => ({ ...state, replies: state.replies.filter(({ id }) => id !== reply) });
}

/** The box is emptied, and what was in it remembered. */
export function sentFrom(place: ComposerPlace, text: string): Change {
  return (state) => ({ ...state, composers: { ...state.composers, [place]: said(state.composers[place], text) } });
}
