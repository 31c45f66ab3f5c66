import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { runChat } from '../../bot/terminal/run-chat.js';
import type { Patient } from './patient.js';
import { joinAs } from './player.js';

export interface AttendedScene {
  url: string;
  tokens: { ann: string; lee: string };
  patient: Patient;
  print(line: string): void;
}

const FIRST_LOOK_MS = 3_000;

/** The newcomer is Ann, and can speak as Lee where a second person is needed: `lee approve R-1`. */
export async function playAttended({ url, tokens, patient, print }: AttendedScene): Promise<void> {
  const { redis } = await patient.pids();
  print(
    'You are Ann, on call. In a moment redis dies. Type a number to press a button, "help" for commands, "exit" to end.',
  );
  print('Restoring data needs a second person. Begin a line with "lee" to speak as Lee: lee approve R-1\n');
  const lee = await joinAs('Lee', url, tokens.lee);
  const typed = createInterface({ input: process.stdin });
  const ann = new PassThrough();
  typed.on('line', (line) => {
    const asLee = /^\s*lee[:,]?\s+(.+)$/i.exec(line);
    if (!asLee?.[1]) return void ann.write(`${line}\n`);
    lee
      .says(asLee[1])
      .then((replies) => {
        for (const { card } of replies) print(`(to Lee) ${[card.title, ...card.lines].join(' ')}`);
      })
      .catch((error: Error) => print(`(to Lee) ${error.message}`));
  });
  typed.once('close', () => ann.end());
  const dying = setTimeout(() => {
    patient
      .kill()
      .then(() => print(`\n(redis, pid ${redis}, was just killed, and its data file damaged)\n`))
      .catch((error: Error) => print(error.message));
  }, FIRST_LOOK_MS);
  try {
    await runChat({ url, token: tokens.ann, input: ann, output: process.stdout });
  } finally {
    clearTimeout(dying);
    typed.close();
    await lee.leave();
  }
}
