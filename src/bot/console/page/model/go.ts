import { EMPTY_COMPOSER } from './composer.js';
import type { Change, Channel, LoginProblem, Person, State } from './state.js';

/** Signing in and out, and going from place to place. */
export function entered(person: Person, channels: Channel[]): Change {
  return (state) => inChannel({ ...state, session: { kind: 'in', person, channels } }, channels[0]?.name ?? '');
}

/** All that was seen is forgotten with the person who saw it. */
export function left(fresh: State, problem?: LoginProblem): Change {
  return ({ now }) => ({ ...fresh, now, session: { kind: 'out', ...(problem ? { problem } : {}) } });
}

export function goTo(channel: string): Change {
  return (state) => inChannel(state, channel);
}

/** Up and down in the list of channels, around its ends. */
export function nextChannel(step: 1 | -1): Change {
  return (state) => {
    const names = channelsOf(state).map(({ name }) => name);
    const next = names[(names.indexOf(state.channel) + step + names.length) % names.length];
    return next === undefined ? state : inChannel(state, next);
  };
}

export function goHome(): Change {
  return (state) => ({ ...state, view: 'home', thread: null, menuOpen: false });
}

export function openThread(thread: string): Change {
  return (state) => ({
    ...state,
    thread,
    composers: { ...state.composers, thread: { ...EMPTY_COMPOSER, history: state.composers.channel.history } },
  });
}

/** Closes what lies on top; nothing when nothing does. */
export function closeTopmost(): Change {
  return (state) => {
    if (state.dialog) return { ...state, dialog: undefined };
    if (state.menuOpen) return { ...state, menuOpen: false };
    return state.thread === null ? state : { ...state, thread: null };
  };
}

/** Whether the newest message is in sight. */
export function scrolled(atEnd: boolean): Change {
  return (state) => (state.atEnd === atEnd ? state : { ...state, atEnd, below: atEnd ? 0 : state.below });
}

export function channelsOf({ session }: State): Channel[] {
  return session.kind === 'in' ? session.channels : [];
}

function inChannel(state: State, channel: string): State {
  const language = channelsOf(state).find(({ name }) => name === channel)?.language ?? state.language;
  const unread = new Map(state.unread);
  unread.delete(channel);
  return { ...state, view: 'channel', channel, language, unread, thread: null, menuOpen: false, atEnd: true, below: 0 };
}
