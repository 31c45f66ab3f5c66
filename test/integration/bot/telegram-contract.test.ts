import { ANN, GROUP, LEE, telegramScene } from '../../platforms/telegram/scene.js';
import { eventually } from '../../support/eventually.js';
import { chatPlatformContract, type PlatformUnderTest } from './chat-platform-contract.js';

const PEOPLE: Record<string, number> = { ann: ANN, lee: LEE };

for (const webhook of [false, true])
  chatPlatformContract(`Telegram by ${webhook ? 'webhook' : 'polling'}`, async (): Promise<PlatformUnderTest> => {
    const { server, platform, logs, close } = await telegramScene({ webhook });
    const ids = new Map<string, number>();
    const idOf = (user: string) => PEOPLE[user] ?? 0;
    const privately = (user: string) => server.written(idOf(user)).map(({ text }) => text);
    /** Until the update was taken, and whatever was said privately is there. */
    const told = async (user: string, before: number, done: () => boolean) => {
      await eventually(() => done());
      await eventually(() => privately(user).length > before, { timeoutMs: 300 }).catch(() => {});
      return privately(user).slice(before);
    };
    return {
      platform,
      channel: String(GROUP),
      idOf: (user) => String(idOf(user)),
      seen: async (thread) =>
        server
          .written(GROUP)
          .filter(({ replyTo }) => (thread === undefined ? replyTo === undefined : String(replyTo) === thread))
          .map(({ id, text, buttons }) => ({ message: String(id), text, buttons: buttons.flat().map((b) => b.text) })),
      async type(user, text, id) {
        const line = text.startsWith('/') ? text : `/recover ${text}`;
        const before = privately(user).length;
        const known = ids.get(id);
        const update = known ?? server.people.type(idOf(user), GROUP, line) ?? 0;
        ids.set(id, update);
        if (known !== undefined) server.queue.again(known);
        return told(user, before, () => server.queue.waiting().every((each) => each.update_id > update) || confirmed());
      },
      async press(user, message, label) {
        const before = privately(user).length;
        const press = server.people.press(idOf(user), GROUP, Number(message), label);
        await eventually(() => press.answer !== undefined);
        return [press.answer?.text ?? '', ...(await told(user, before, () => true))].filter(Boolean);
      },
      remove: async (message) => void server.world.chats.get(GROUP)?.messages.delete(Number(message)),
      async close() {
        await close();
        expectNoErrors(logs);
      },
    };
    function confirmed() {
      return server.queue.waiting().length === 0;
    }
  });

function expectNoErrors(logs: { level: string; message: string; facts: unknown }[]): void {
  const errors = logs.filter(({ level }) => level === 'error');
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
}
