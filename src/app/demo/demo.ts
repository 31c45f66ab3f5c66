import { loadConfig } from '../../config/load.js';
import { createClosing } from '../closing.js';
import { createToken } from '../tokens/tokens.js';
import { playAttended } from './attended.js';
import { startPatient } from './patient.js';
import { startReviver } from './reviver-process.js';
import { type Stage, setStage } from './stage.js';
import { playUnattended } from './unattended.js';

/** In the effect of step 2 (restoring), between the effect and its commit: the worst moment. */
const CRASH_POINT = 'before_commit:1';

/** `reviver demo`: a private Reviver, a patient that is killed, people who bring it back. */
export async function demo({ once, crash, keep }: { once: boolean; crash: boolean; keep: boolean }): Promise<void> {
  const closing = createClosing(
    (level, message, facts) => void (level === 'warn' && process.stderr.write(`${message} ${JSON.stringify(facts)}\n`)),
  );
  const stop = (): void => void closing.close().then(() => process.exit(130));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    print('Reviver demo: everything below is real and private to it: Postgres, Redis, processes, files.');
    const stage = await setStage(closing, keep);
    const config = await loadConfig(stage.configFile);
    const tokens = await makeTokens(stage);
    const patient = await startPatient(config, stage, closing);
    const server = await startReviver(
      'server',
      ['start', '--role', 'api', '--role', 'bot', '--role', 'scheduler'],
      stage,
    );
    closing.add('server', () => server.stop());
    // Both would die at that point: whoever has the recovery does, and the other finds the effect done.
    const doom: Record<string, string> = crash ? { REVIVER_CRASH_POINT: CRASH_POINT } : {};
    const workers = await Promise.all(
      (crash ? ['worker-1', 'worker-2'] : ['worker-1']).map((name) => startReviver(name, ['worker'], stage, doom)),
    );
    closing.add('workers', async () => void (await Promise.all(workers.map((worker) => worker.stop()))));
    const url = `http://127.0.0.1:${stage.ports.api}`;
    print(
      `Ready: server pid ${server.pid}, ${workers.length === 1 ? 'worker' : 'workers'} pid ${workers.map(({ pid }) => pid).join(' and ')}.\n`,
    );

    if (!once) return await playAttended({ url, tokens, patient, print });
    const facts = await playUnattended({ url, tokens, patient, workers, crash, print });
    print('\nWhat really happened:');
    for (const { what, holds, detail } of facts) print(`  ${holds ? '✓' : '✗'} ${what.padEnd(10)} ${detail}`);
    process.exitCode = facts.every(({ holds }) => holds) ? 0 : 1;
    if (keep) print(`\nFiles are kept in ${stage.folder}`);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    await closing.close();
  }
}

async function makeTokens({ tokensFile }: Stage): Promise<{ ann: string; lee: string }> {
  const make = (name: string, person: string, roles: string[]) =>
    createToken(tokensFile, { name, person, roles, expires: '1d' }, new Date(), ['Ann', 'Lee']);
  const ann = await make('ann', 'Ann', ['responder', 'approver']);
  return { ann, lee: await make('lee', 'Lee', ['responder', 'approver', 'lead']) };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
