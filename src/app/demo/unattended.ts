import { Writable } from 'node:stream';
import type { Message } from '../../bot/terminal/console-client.js';
import { createScreen } from '../../bot/terminal/screen.js';
import { KEYS_IN_BACKUP, KEYS_SINCE, type Patient } from './patient.js';
import { joinAs } from './player.js';
import type { ReviverProcess } from './reviver-process.js';

export interface Scene {
  url: string;
  tokens: { ann: string; lee: string };
  patient: Patient;
  workers: readonly ReviverProcess[];
  /** The worker that has the recovery dies in the middle of the plan. */
  crash: boolean;
  print(line: string): void;
}

export interface Fact {
  what: string;
  holds: boolean;
  detail: string;
}

const CARD_MS = 30_000;
const RECOVERY_MS = 90_000;

/** Plays the incident with two people, prints the channel as they see it, and gives what can be checked afterwards. */
export async function playUnattended({ url, tokens, patient, workers, crash, print }: Scene): Promise<Fact[]> {
  const began = Date.now();
  const output = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      print(text.replace(/\n$/, ''));
      done();
    },
  });
  const screen = createScreen({ output, tty: false, columns: () => 110, startedAt: began });
  const say = (text: string): void => print(`${((Date.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${text}`);
  const ann = await joinAs('Ann', url, tokens.ann, (event) =>
    event.type === 'message' ? screen.message(event.message) : screen.reply(event.reply),
  );
  const lee = await joinAs('Lee', url, tokens.lee);
  try {
    const before = await patient.pids();
    const full = await patient.contents();
    say(
      `redis runs as pid ${before.redis} with ${full?.keys} keys, ${KEYS_IN_BACKUP} of them in the last backup; shop-web (pid ${before.web}) needs it.`,
    );
    say(`Now redis is killed (SIGKILL to pid ${before.redis}), and its data file is overwritten with rubbish.`);
    const killedAt = Date.now();
    await patient.kill();

    const alert = await ann.sees('an alert about redis', has(/redis/, 'Recover'), CARD_MS);
    say('Ann presses [Recover].');
    await ann.presses(alert, 'Recover');
    const asked = await ann.sees('a plan that waits for approval', has(/waiting for approval/, 'Approve'), CARD_MS);
    say('Ann presses [Approve] on her own plan.');
    const refused = await ann.presses(asked, 'Approve');
    say('Lee presses [Approve].');
    await lee.presses(await lee.sees('the plan', has(/waiting for approval/, 'Approve'), CARD_MS), 'Approve');
    const ended = await ann.sees(
      'the end of the recovery',
      (message) =>
        /recovered|failed|rolled back|outcome unknown|cancelled/.test(message.card.title) &&
        message.thread === null &&
        /^R-\d/.test(message.card.title),
      RECOVERY_MS,
    );
    const died = crash
      ? await Promise.race(workers.map(async (worker) => ({ pid: worker.pid, by: await worker.ended })))
      : undefined;
    const backAt = Date.now();
    const healthy = await until(patient.webIsWell, 15_000);
    const after = await patient.pids();
    const restored = await patient.contents();
    return [
      { what: 'recovered', holds: / recovered /.test(ended.card.title), detail: ended.card.title },
      {
        what: 'pids',
        holds: after.redis !== before.redis && /^\d+$/.test(after.redis),
        detail: `redis was pid ${before.redis}, is pid ${after.redis}; shop-web is pid ${after.web} as before`,
      },
      {
        what: 'data',
        holds: restored?.keys === KEYS_IN_BACKUP,
        detail: `${full?.keys} keys before, ${restored?.keys ?? 'none'} now: the backup had ${KEYS_IN_BACKUP}, the ${KEYS_SINCE} written since are lost, as after any restore`,
      },
      { what: 'shop-web', holds: healthy, detail: healthy ? 'healthy again' : 'not healthy' },
      {
        what: 'four eyes',
        holds: refused.some((reply) => /someone else must approve/.test(JSON.stringify(reply.card))),
        detail: "Ann's own approval was refused; Lee's counted",
      },
      ...(died === undefined
        ? []
        : [
            {
              what: 'crash',
              holds: died.by === 'SIGKILL',
              detail: `worker pid ${died.pid} ended by ${died.by} in the middle of the plan; the other one finished it`,
            },
          ]),
      {
        what: 'time',
        holds: true,
        detail: `${((backAt - killedAt) / 1_000).toFixed(1)} s from the kill to recovered, people included`,
      },
    ];
  } finally {
    await ann.leave();
    await lee.leave();
  }
}

function has(title: RegExp, button: string): (message: Message) => boolean {
  return ({ card }) =>
    title.test(`${card.title} ${card.lines.join(' ')}`) && card.buttons.some(({ label }) => label === button);
}

async function until(holds: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  const end = Date.now() + withinMs;
  while (Date.now() < end) if (await holds()) return true;
  return false;
}
