import type { ChatStore, ChatView, ChatViewPatch } from '../chat-store.js';
import { type Card, type ChatPlatform, type MessageRef, ViewLost } from '../port.js';
import { cardHash, type Drawing } from './drawing.js';

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
): Promise<boolean> {
  const view: ChatView = { ...claimed };
  const save = async (patch: ChatViewPatch) => {
    if (!(await store.updateView(view, patch))) throw new ClaimLost();
    Object.assign(view, patch);
  };
  const changed = await showCard(view, drawing.card, platform, save);
  if (view.message === null) return changed;
  const thread: MessageRef = { platform: view.platform, channel: view.channel, message: view.message };
  const say = (card: Card, key: string) => platform.post(view.channel, card, { thread, key: `view:${view.id}:${key}` });
  await showThread(view, drawing, say, save);
  for (const note of drawing.notes) {
    if (view.marks.includes(note.mark)) continue;
    await say(note.card, note.mark);
    await save({ marks: [...view.marks, note.mark] });
  }
  return changed;
}

type Save = (patch: ChatViewPatch) => Promise<void>;
type Say = (card: Card, key: string) => Promise<MessageRef>;

async function showCard(view: ChatView, card: Card, platform: ChatPlatform, save: Save): Promise<boolean> {
  const hash = cardHash(card);
  if (view.message !== null && view.hash === hash) return false;
  if (view.message !== null) {
    try {
      await platform.edit({ platform: view.platform, channel: view.channel, message: view.message }, card);
      await save({ hash });
      return true;
    } catch (error) {
      if (!(error instanceof ViewLost)) throw error;
      await save({ message: null, generation: view.generation + 1 });
    }
  }
  const posted = await platform.post(view.channel, card, { key: `view:${view.id}:post:${view.generation}` });
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
    await say({ tone: 'neutral', title, lines: rest, buttons: [] }, `thread:${upTo}`);
  }
  await save({ threadCursor: upTo, threadPending: null });
}
