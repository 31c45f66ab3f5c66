import { createClients } from './connection/clients.js';
import { whoAmI } from './connection/identity.js';
import { findLacks, tellLack, type Wanted } from './connection/lacks.js';
import { libraryLog } from './connection/library-log.js';
import { portError } from './outbound/refusal.js';
import { type SlackSettings, TUNING } from './settings.js';
import { type Told, WORDS } from './words.js';

/**
 * One look at a workspace, for whoever sets Reviver up: what the app is called there, and what it lacks, each with its remedy. Throws an error that people may read.
 */
export async function examineSlack(
  settings: SlackSettings,
  wanted: Wanted,
): Promise<{ name: string; team: string; troubles: Told[] }> {
  const { people } = createClients(
    settings,
    TUNING,
    libraryLog(() => {}),
  );
  try {
    const own = await whoAmI(people);
    const lacks = await findLacks(people, own, wanted);
    return { name: own.name ?? 'Reviver', team: own.team, troubles: lacks.map((lack) => tellLack(lack, WORDS.en)) };
  } catch (error) {
    throw portError(error, 'auth.test', wanted.incidents ?? 'the workspace');
  }
}
