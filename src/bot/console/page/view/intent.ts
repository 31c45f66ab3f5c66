import type { Act } from '../model/act.js';
import type { Button } from '../model/message.js';
import type { ComposerPlace } from '../model/state.js';

/** What a person wants, by name, with what is known where it is wanted. The effects are in one table. */
export interface Intents {
  sign_in: Record<never, never>;
  sign_out: Record<never, never>;
  go: { channel: string };
  go_home: Record<never, never>;
  menu: Record<never, never>;
  open_thread: { message: string };
  close: Record<never, never>;
  /** A button of a message. */
  press: { message: string; command: string };
  /** A button of a private card, or of the overview: it is typed, so to speak. `reply` is done with then. */
  say: { button: Button; channel: string; thread: string | null; after: string | null; reply?: string };
  repeat: { act: Act; reply: string };
  confirmed: { act: Act; reply: string | undefined };
  dismiss: { reply: string };
  type: { place: ComposerPlace };
  key: { place: ComposerPlace };
  take: { place: ComposerPlace; index: number };
  send: { place: ComposerPlace };
  form: Record<never, never>;
  fill: { name: string };
  send_form: Record<never, never>;
  help: Record<never, never>;
  to_end: Record<never, never>;
  to_box: Record<never, never>;
  try_now: Record<never, never>;
  reload: Record<never, never>;
  /** Keeps the focus where it is. */
  stay: Record<never, never>;
}

export type IntentName = keyof Intents;

export type Intent<K extends IntentName = IntentName> = { [P in K]: { do: P; given: Intents[P] } }[K];

export function want<K extends IntentName>(name: K, given: Intents[K]): { do: K; given: Intents[K] } {
  return { do: name, given };
}

/** What the browser adds: of fields their content, of keys which one. */
export interface Detail {
  value: string;
  checked: boolean;
  caret: number;
  key: string;
  shift: boolean;
  /** Of a form: its fields by name. */
  fields: Readonly<Record<string, string>>;
}
