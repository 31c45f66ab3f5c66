import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import { codeOf } from '../outbound/refusal.js';
import type { Told, Words } from '../words.js';
import type { Identity } from './identity.js';

/** What the app is not given in its workspace, and someone there must give it. */
export type Lack =
  | { kind: 'scopes'; scopes: readonly string[] }
  | { kind: 'notMember' | 'noChannel' | 'archived'; channel: string; bot: string };

export interface Wanted {
  /** Slack's id of the incidents channel, where there is one. */
  incidents?: string | undefined;
  /** Members of user groups have roles. */
  groups: boolean;
}

/** Of the manifests in deploy/slack; without one of them something that people rely on does not work. */
const NEEDED = ['chat:write', 'commands', 'app_mentions:read', 'users:read', 'channels:read', 'groups:read'];
const NEEDED_FOR_GROUPS = 'usergroups:read';

const answer = z.object({
  channel: z.object({ is_member: z.boolean().optional(), is_archived: z.boolean().optional() }),
});

/** Looks before the first post fails. Rejects where Slack does not say. */
export async function findLacks(client: webApi.WebClient, own: Identity, wanted: Wanted): Promise<Lack[]> {
  const needed = wanted.groups ? [...NEEDED, NEEDED_FOR_GROUPS] : NEEDED;
  // Slack tells the scopes with each answer; where it has not, none is known to be missing.
  const scopes = own.scopes.length === 0 ? [] : needed.filter((scope) => !own.scopes.includes(scope));
  const missing: Lack[] = scopes.length === 0 ? [] : [{ kind: 'scopes', scopes }];
  if (wanted.incidents === undefined) return missing;
  const kind = await lackOfChannel(client, wanted.incidents);
  return kind === undefined ? missing : [...missing, { kind, channel: wanted.incidents, bot: own.name ?? 'Reviver' }];
}

export function tellLack(lack: Lack, { lacks }: Words): Told {
  return lack.kind === 'scopes' ? lacks.scopes(lack.scopes) : lacks[lack.kind](lack.channel, lack.bot);
}

type OfChannel = Exclude<Lack['kind'], 'scopes'>;

async function lackOfChannel(client: webApi.WebClient, channel: string): Promise<OfChannel | undefined> {
  try {
    const { channel: found } = answer.parse(await client.conversations.info({ channel }));
    if (found.is_archived) return 'archived';
    return found.is_member === false ? 'notMember' : undefined;
  } catch (error) {
    const code = codeOf(error);
    // A private channel without the app is none for it. A missing scope is told as that.
    if (code === 'channel_not_found') return 'noChannel';
    if (code === 'missing_scope') return undefined;
    throw error;
  }
}
