import type { Card } from '../../port.js';
import { redact } from '../connection/redact.js';
import { plainCard } from '../render/render-card.js';
import type { MessagesOptions } from './messages.js';

const FILE_NAME = 'details.txt';

/** What had no room in a thread is added as a file: one, and not twenty messages. A courtesy: it fails alone. */
export async function attachWhole(
  card: Card,
  channel: string,
  thread: string,
  { clients, identity, log }: MessagesOptions,
): Promise<void> {
  if (!identity()?.scopes.includes('files:write')) return;
  const file = { filename: FILE_NAME, content: plainCard(card), title: FILE_NAME };
  await clients.messages
    .filesUploadV2({ channel_id: channel, thread_ts: thread, ...file })
    .catch((error: unknown) => log('warn', 'slack:file_not_attached', { error: redact(String(error)) }));
}
