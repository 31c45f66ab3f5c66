import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createToken, type NewToken, revokeToken } from '../../../src/app/tokens/tokens.js';
import { type Installation, type InstallOptions, install, type Running } from '../../support/reviver.js';

export interface ConsoleInstallation extends Installation {
  /** Of the console's page. */
  url: string;
  tokens: { ann: string; lee: string; robot: string; expired: string };
  revoke(name: string): Promise<void>;
  /** Starts the one process of this installation; again after it has ended. */
  run(): Promise<Running>;
}

/** A Reviver in one process, and tokens of people, of a program, and of yesterday. */
export async function installConsole(options: InstallOptions): Promise<ConsoleInstallation> {
  const reviver = await install(options);
  const file = join(reviver.folder, 'tokens.json');
  const yesterday = new Date(Date.now() - 86_400_000);
  const token = (name: string, more: Partial<NewToken>, at = new Date()) =>
    createToken(file, { name, roles: ['responder', 'approver', 'lead'], ...more }, at);
  const tokens = {
    ann: await token('ann-page', { person: 'Ann', roles: ['responder', 'approver'] }),
    lee: await token('lee-page', { person: 'Lee' }),
    robot: await token('robot', {}),
    expired: await token('old', { person: 'Ann', expires: '1h' }, yesterday),
  };
  return {
    ...reviver,
    url: `http://127.0.0.1:${reviver.port}/console`,
    tokens,
    revoke: (name) => revokeToken(file, name),
    run: () => reviver.start('all', ['start']),
  };
}

/** A file that a step waits for. */
export interface Gate {
  path: string;
  open(): Promise<void>;
}

export function gateIn(folder: string, name: string): Gate {
  const path = join(folder, name);
  return { path, open: () => writeFile(path, '') };
}
