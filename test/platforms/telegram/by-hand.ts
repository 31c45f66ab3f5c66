import { createInterface } from 'node:readline';
import { ANN, FORUM, GROUP, LEE, MAX, settle } from './scene.js';
import { startTelegramServer } from './server.js';
import { act, shown, USAGE } from './typed-acts.js';

/** What `npm run dev:telegram` runs: a local Telegram with three people, a group and a forum, at the keyboard. */
const LOOK_MS = 200;

const server = await startTelegramServer({ port: Number(process.env.PORT ?? 8091) });
settle(server);

console.log(`A local Telegram listens. Start Reviver against it with

  TELEGRAM_BOT_TOKEN=${server.token} TELEGRAM_API_ROOT=${server.url} npm run dev -- start

and put into its configuration: channels: { incidents: { telegram: ${GROUP} } },
people: Ann telegram: ${ANN}, Lee telegram: ${LEE}, Max telegram: ${MAX} (has not pressed Start).

${USAGE}
`);

const seen = new Map<string, string>();
const looking = setInterval(() => {
  for (const chat of server.world.chats.values())
    for (const message of chat.messages.values()) {
      const name = chat.id === GROUP ? 'group' : chat.id === FORUM ? 'forum' : chat.title;
      const now = shown(name, message);
      const key = `${chat.id}:${message.id}`;
      if (seen.get(key) !== now) console.log(`${seen.has(key) ? '(edited) ' : ''}${now}\n`);
      seen.set(key, now);
    }
  for (const { id, user, answer } of server.presses()) {
    if (!answer || seen.has(id)) continue;
    seen.set(id, answer.text);
    if (answer.text) console.log(`(only ${user} sees) ${answer.text}\n`);
  }
}, LOOK_MS);

const keyboard = createInterface({ input: process.stdin });
keyboard.on('line', (line) => {
  const wrong = line.trim() === '' ? undefined : act(server, line);
  if (wrong) console.log(`${wrong}\n`);
});
keyboard.on('close', () => {
  clearInterval(looking);
  void server.close();
});
