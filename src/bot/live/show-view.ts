import type { ChatStore, ChatView, ChatViewPatch } from '../chat-store.js';
import { type Card, type ChatPlatform, type MessageRef, type PostOptions, ViewLost } from '../port.js';
import { cardHash, type Drawing } from './drawing.js';
import type { Mentions } from './mentions.js';
import type { Note } from './notes.js';

/** The claim on a view was lost: another process draws it now. */
export class ClaimLost extends Error {}

/**
 * Makes one message, and its thread, show a drawing. Every post has a key that survives a crash, and what was said is
 * written down after each. Answers whether the message itself was touched.
 */
export async function showView(
  claimed: ChatView,
  drawing: Drawing,
  platform: ChatPlatform,
  store: ChatStore,
  mentions: Mentions,
  /** It is shown here for the first time. */
  onPosted?: () => void,
): Promise<boolean> {
  const view: ChatView = { ...claimed };
  const save = async (patch: ChatViewPatch) => {
    if (!(await store.updateView(view, patch))) throw new ClaimLost();
    Object.assign(view, patch);
  };
  const first = view.message === null && view.generation === 0;
  const changed = await showCard(view, drawing, platform, save);
  if (first && view.message !== null) onPosted?.();
  if (view.message === null) return changed;
  const thread: MessageRef = { platform: view.platform, channel: view.channel, message: view.message };
  const say: Say = (card, key, options) =>
    platform.post(view.channel, card, { thread, key: `view:${view.id}:${key}`, ...options });
  const tell = async (notes: readonly Note[]) => {
    for (const note of notes.filter(({ mark }) => !view.marks.includes(mark))) {
      const mention = note.mention ? mentions(note.mention, platform.name) : [];
      await say(note.card, note.mark, { urgency: drawing.urgency, ...(mention.length > 0 ? { mention } : {}) });
      await save({ marks: [...view.marks, note.mark] });
    }
  };
  try {
    // Whoever is needed is called before the details are told.
    await tell(drawing.notes.filter((note) => note.mention && !note.last));
    await showThread(view, drawing, say, save);
    await tell(drawing.notes);
  } catch (error) {
    if (!(error instanceof ViewLost)) throw error;
    // The card itself is gone, although nothing about it had to be edited: the next look posts it anew.
    await save({ message: null, hash: null, generation: view.generation + 1 });
    throw error;
  }
  return changed;
}

type Save = (patch: ChatViewPatch) => Promise<void>;
type Say = (card: Card, key: string, options: Pick<PostOptions, 'urgency' | 'mention'>) => Promise<MessageRef>;

async function showCard(view: ChatView, drawing: Drawing, platform: ChatPlatform, save: Save): Promise<boolean> {
  const { card, urgency } = drawing;
  const hash = cardHash(card);
  if (view.message !== null && view.hash === hash) return false;
  if (view.message !== null) {
    try {
      await platform.edit({ platform: view.platform, channel: view.channel, message: view.message }, card, urgency);
      await save({ hash });
      return true;
    } catch (error) {
      if (!(error instanceof ViewLost)) throw error;
      await save({ message: null, generation: view.generation + 1 });
    }
  }
  const posted = await platform.post(view.channel, card, {
    key: `view:${view.id}:post:${view.generation}`,
    urgency,
  });
  await save({ message: posted.message, hash });
  return true;
}

/**
 * Lines of the events behind the cursor, as one message. The end of the batch is written down before it is posted, so
 * that a repeat after a crash is the same message under the same key.
 */
async function showThread(view: ChatView, drawing: Drawing, say: Say, save: Save): Promise<void> {
  const last = drawing.thread.at(-1)?.event ?? 0;
  if (view.threadPending === null && last <= view.threadCursor) return;
  const upTo = view.threadPending ?? last;
  const lines = drawing.thread
    .filter(({ event }) => event > view.threadCursor && event <= upTo)
    .flatMap(({ line }) => (line === undefined ? [] : [line]));
  const [title, ...rest] = lines;
  if (title !== undefined) {
    if (view.threadPending === null) await save({ threadPending: upTo });
    await say({ tone: 'neutral', title, lines: rest, buttons: [] }, `thread:${upTo}`, { urgency: 2 });
  }
  await save({ threadCursor: upTo, threadPending: null });
  // A batch that was left over from before may end earlier than what there is to tell now.
  if (upTo < last) await showThread(view, drawing, say, save);
}
