import { z } from 'zod';
import type { Doubt } from '../../port.js';
import type { Identity } from '../connection/identity.js';

/** Of users.info. */
export const slackUser = z.object({
  id: z.string(),
  team_id: z.string().nullish(),
  deleted: z.boolean().nullish(),
  is_bot: z.boolean().nullish(),
  is_restricted: z.boolean().nullish(),
  is_ultra_restricted: z.boolean().nullish(),
  is_stranger: z.boolean().nullish(),
  enterprise_user: z.object({ enterprise_id: z.string().nullish() }).nullish(),
});

/** Of conversations.info. */
export const slackChannel = z.object({
  is_ext_shared: z.boolean().nullish(),
  is_pending_ext_shared: z.boolean().nullish(),
  is_shared: z.boolean().nullish(),
  is_org_shared: z.boolean().nullish(),
});

/** Slack's own account, which is_bot leaves out. */
const SLACKBOT = 'USLACKBOT';

/** Why someone is not vouched for, whatever the channel. Fails closed: without a team one is a stranger. */
export function doubtOfUser(user: z.output<typeof slackUser>, own: Identity): Doubt | undefined {
  if (user.id === SLACKBOT || user.is_bot) return 'bot';
  if (user.deleted) return 'deactivated';
  if (user.is_stranger || !sameCompany(user, own)) return 'external';
  return user.is_restricted || user.is_ultra_restricted ? 'guest' : undefined;
}

/** `is_stranger` is false for outsiders with whom one shares a channel, so the team decides, or the organisation. */
function sameCompany({ team_id, enterprise_user }: z.output<typeof slackUser>, own: Identity): boolean {
  if (team_id === own.team) return true;
  return own.enterprise !== undefined && own.enterprise === enterprise_user?.enterprise_id;
}

/** Shared between workspaces of one organisation is not shared with others. */
export function sharedWithOthers(channel: z.output<typeof slackChannel>): boolean {
  const { is_ext_shared, is_pending_ext_shared, is_shared, is_org_shared } = channel;
  return Boolean(is_ext_shared || is_pending_ext_shared || (is_shared && !is_org_shared));
}
