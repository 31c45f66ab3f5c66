import { ROLES, type Role } from '../../engine/model/person.js';
import { oneLine } from '../cards/words.js';
import type { GroupRoles } from '../identity.js';
import type { IncidentChannels } from '../live/audience.js';
import type { Card, ChatPlatform } from '../port.js';
import type { Words } from '../words/words.js';
import type { Command, CommandContext } from './command.js';

/** What chat knows of itself. */
export interface Surroundings {
  /** Of this process. */
  platforms: readonly Pick<ChatPlatform, 'name' | 'healthy' | 'troubles' | 'howToType'>[];
  incidents: IncidentChannels;
  groups: readonly GroupRoles[];
}

export const doctor: Command = {
  name: 'doctor',
  usage: '',
  summary: 'what is well and what is not: chat, Redis, Postgres, workers, this channel, who may approve',
  translated: { ru: 'что исправно, а что нет: чаты, Redis, Postgres, воркеры, этот канал, кто может одобрять' },
  intent: 'look',
  example: 'doctor',
  maxWords: 0,
  run: async (_args, ctx) => ({ card: await examine(ctx) }),
};

/** Without these two roles nobody can start a recovery, or approve one that needs it. */
const NEEDED: readonly Role[] = ['responder', 'approver'];

interface Finding {
  line: string;
  ok: boolean;
}

async function examine({ engine, origin, surroundings, words }: CommandContext): Promise<Card> {
  const { doctor: say } = words;
  const { platforms, incidents, groups } = surroundings;
  const { redis, postgres, workers } = await engine.status();
  const lacking = await Promise.all(platforms.map((platform) => troublesOf(platform, words)));
  const alive = postgres === 'ok' ? workers.length : undefined;
  const findings: Finding[] = [
    ...platforms.flatMap((platform, index) => [heard(platform, words), ...(lacking[index] ?? [])]),
    { line: say.parts(redis, postgres, alive), ok: redis === 'ok' && postgres === 'ok' && alive !== 0 },
    here(origin, incidents, words),
    ...roles(engine.people(), groups, words),
    { line: say.language(words.language), ok: true },
  ];
  const troubles = findings.filter(({ ok }) => !ok).length;
  return {
    tone: troubles === 0 ? 'good' : 'attention',
    title: troubles === 0 ? say.well : say.troubles(troubles),
    lines: findings.map(({ line }) => line),
    buttons: [],
  };
}

function heard(platform: Surroundings['platforms'][number], words: Words): Finding {
  const { ok, detail } = platform.healthy();
  return { line: words.doctor.platform(platform.name, ok, oneLine(detail, 200)), ok };
}

async function troublesOf(platform: Surroundings['platforms'][number], { language }: Words): Promise<Finding[]> {
  const told = (await platform.troubles?.(language)) ?? [];
  return told.map((what) => ({ line: `${platform.name}: ${oneLine(what, 400)}`, ok: false }));
}

function here({ platform, channel }: CommandContext['origin'], incidents: IncidentChannels, words: Words): Finding {
  const { doctor } = words;
  const named = incidents[platform];
  if (named === undefined) return { line: doctor.incidentsNowhere(platform), ok: false };
  return { line: named === channel ? doctor.incidentsHere : doctor.incidentsElsewhere(named), ok: true };
}

/** Who holds which role; the roles that are needed are named also where nobody has them. */
function roles(
  people: readonly { name: string; roles: readonly Role[] }[],
  groups: readonly GroupRoles[],
  { doctor }: Words,
): Finding[] {
  return ROLES.flatMap((role): Finding[] => {
    const names = people.filter((person) => person.roles.includes(role)).map(({ name }) => name);
    const members = groups.filter((group) => group.roles.includes(role)).map(({ group }) => group);
    if (names.length + members.length > 0) return [{ line: doctor.holders(role, names, members), ok: true }];
    return NEEDED.includes(role) ? [{ line: doctor.nobody(role), ok: false }] : [];
  });
}
