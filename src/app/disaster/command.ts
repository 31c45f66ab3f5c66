import { userInfo } from 'node:os';
import { join } from 'node:path';
import { readEnvironment } from '../../config/environment.js';
import { loadConfig } from '../../config/load.js';
import { writeDurably } from '../../engine/backups/durable-files.js';
import { ownBackups } from '../../engine/backups/own.js';
import { UserError } from '../../engine/model/errors.js';
import { isTerminal, type RecoveryStep, type Snapshot } from '../../engine/model/recovery.js';
import type { Service } from '../../engine/model/service.js';
import { createGuardian } from '../../engine/processes/guardian.js';
import { move } from '../../engine/recovery/move.js';
import { markDone, retry, stuckSteps } from '../../engine/recovery/person-moves.js';
import { unbegun } from '../../engine/recovery/unbegun.js';
import { checkWithSecrets } from '../../engine/secrets/check-with-secrets.js';
import { withItsSecrets } from '../../engine/secrets/service-settings.js';
import { backupFolders } from '../cli/installation.js';
import { readParams } from '../cli/runbook/chosen.js';
import { createLog } from '../logger.js';
import { openSecrets } from '../secrets.js';
import { carryOut } from './carry-out.js';
import { beginJournal, type Journal, latestJournal } from './journal.js';
import { lockDisasters } from './lock.js';
import { lastWritten, newestEvent } from './loss.js';
import { disasterPorts } from './ports.js';
import { report } from './report.js';
import { planLines, refusal, stuckLines } from './say.js';
import { planScenario, type Scenario, scenarioOf } from './scenario.js';
import { tellDatabase } from './tell.js';

export interface DisasterFlags {
  /** First characters of the plan's digest, at least eight: this plan and no other. */
  yes?: string;
  /** Also when what is lost answers. */
  force: boolean;
  /** The step that a person is asked about: once more. */
  retry: boolean;
  /** The step that a person is asked about: its effect is there. */
  done: boolean;
  /** Leaves an unfinished one as it is. */
  anew: boolean;
}

const EXIT = { recovered: 0, failed: 1, person: 3, unconfirmed: 4 };

/**
 * Brings Reviver's own parts back, when there is no Reviver to ask: the plan is shown, begun with its digest, and carried
 * out from a journal on this disk. Run again it goes on where a killed one was. Gives the exit code.
 */
export async function disasterCommand(
  name: string,
  given: readonly string[],
  flags: DisasterFlags,
  print: (line: string) => void,
): Promise<number> {
  const environment = readEnvironment(process.env, ['DATABASE_URL']);
  const config = await loadConfig(environment.REVIVER_CONFIG);
  const databaseUrl = environment.DATABASE_URL?.reveal() ?? '';
  const redisUrl = environment.REDIS_URL?.reveal() ?? config.brokerUrl ?? '';
  const services = [...config.services, ...ownBackups({ databaseUrl, redisUrl }).services];
  const secrets = openSecrets(environment, process.env);
  const settle = (service: Service, signal: AbortSignal) => withItsSecrets(service, secrets, signal);
  const dataDir = environment.REVIVER_DATA;
  const folder = join(dataDir, 'disasters');
  const release = await lockDisasters(folder);
  const guardian = createGuardian();
  const ending = new AbortController();
  const end = () => ending.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    const params = readParams(given);
    const scenario = await planScenario(name, params, { config, services });
    const journal = (await unfinished(folder, scenario, flags, print)) ?? (await begun());
    if (journal === undefined) return EXIT.unconfirmed;
    const { id, snapshot } = journal.story();
    const ports = await disasterPorts({
      id,
      plan: snapshot.recovery.plan,
      backups: {
        ...backupFolders(environment),
        backups: config.backups,
        secretKey: environment.REVIVER_SECRET_KEY?.reveal(),
        databaseUrl,
        redisUrl,
        dataDir,
        secrets,
      },
      services,
      secrets,
      scenario,
      guardian,
      dockerHost: environment.DOCKER_HOST,
      crashPoint: process.env.REVIVER_CRASH_POINT,
      log: createLog('error', config.constitution.hash),
    });
    const { recovery, steps } = await carryOut(journal, ports, { signal: ending.signal, said: sayer(print) });
    return isTerminal(recovery.state) ? ended(journal) : asked(steps);

    async function begun(): Promise<Journal | undefined> {
      for (const line of planLines(scenario)) print(line);
      await requireLost(scenario, flags.force);
      if (!confirmed(scenario, flags)) {
        for (const line of refusal(scenario, flags.yes)) print(line);
        return undefined;
      }
      const now = new Date();
      const by = userInfo().username;
      const lastWrittenAt = typeof params.data === 'string' ? await lastWritten(params.data) : undefined;
      const story = { snapshot: agreed(unbegun(scenario.plan, { by, at: now })), events: [] };
      return beginJournal(folder, lastWrittenAt ? { ...story, lastWrittenAt } : story, now);
    }

    async function ended(of: Journal): Promise<number> {
      const backToAt = scenario.name === 'redis' ? undefined : await newestEvent(databaseUrl);
      if (backToAt) await of.keep({ ...of.story(), backToAt });
      const file = of.file.replace(/\.journal$/, '.md');
      await writeDurably(file, report(scenario.name, of.story()));
      const { state, outcome } = of.story().snapshot.recovery;
      print(state === 'SUCCEEDED' ? 'Recovered.' : `Not recovered (${state}): ${outcome?.message ?? 'see the report'}`);
      print(`The report for after the incident: ${file}`);
      if (!(await tellDatabase(databaseUrl, scenario.name, of.story())))
        print('It could not be written into the database, too: keep the file.');
      return state === 'SUCCEEDED' ? EXIT.recovered : EXIT.failed;
    }

    function asked(steps: readonly RecoveryStep[]): number {
      for (const line of stuckLines(name, stuckSteps(steps))) print(line);
      return EXIT.person;
    }

    async function requireLost({ plan: { service } }: Scenario, force: boolean): Promise<void> {
      const known = services.find((one) => one.name === service);
      const health = known && (await checkWithSecrets(known, settle, ending.signal));
      if (!health?.healthy || force) return;
      throw new UserError(
        'conflict',
        `${service} answers (${health.detail}). Nothing was changed. Give --force where it is lost all the same.`,
      );
    }
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    await guardian.close();
    await release();
  }
}

/** What a killed run has left, or one that waits for a person. */
async function unfinished(
  folder: string,
  scenario: Scenario,
  { anew, ...flags }: DisasterFlags,
  print: (line: string) => void,
): Promise<Journal | undefined> {
  const journal = anew ? undefined : await latestJournal(folder);
  if (!journal) return undefined;
  const story = journal.story();
  const { recovery } = story.snapshot;
  if (isTerminal(recovery.state)) return undefined;
  if (recovery.plan.name !== scenario.runbook.id)
    throw new UserError(
      'conflict',
      `A recovery from the loss of ${scenarioOf(recovery.plan)} is not finished (${journal.file}). Go on with that one, or give --anew.`,
    );
  print(`Going on with ${story.id}, which is not finished; its own plan holds, whatever was given now.`);
  if (recovery.state !== 'AWAITING_MANUAL' || !(flags.retry || flags.done)) return journal;
  const decide = flags.retry ? retry : markDone;
  const { after } = decide(move(story.snapshot), userInfo().username, new Date());
  await journal.keep({ ...story, snapshot: after });
  return journal;
}

function confirmed({ plan }: Scenario, { yes }: DisasterFlags): boolean {
  return yes !== undefined && yes.length >= 8 && plan.digest.startsWith(yes);
}

/** Whoever gave the digest at this terminal has approved the plan; there is nobody else to ask. */
function agreed({ recovery, steps }: Snapshot): Snapshot {
  return { recovery: { ...recovery, approvalId: 'terminal' }, steps };
}

const MARKS: Readonly<Record<string, string>> = {
  running: '…',
  succeeded: '✓',
  failed: '✗',
  skipped: '-',
  unknown: '?',
};

function sayer(print: (line: string) => void) {
  return ({ position, name, state, result, error }: RecoveryStep): void => {
    const mark = MARKS[state];
    if (!mark) return;
    const detail = error?.message ?? result?.summary;
    print(`${String(position + 1).padStart(2)} ${mark} ${name}${detail === undefined ? '' : `  ${detail}`}`);
  };
}
