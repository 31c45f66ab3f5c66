import type { BackupsView } from '../../engine/backups/view.js';
import { dotted, oneLine } from '../cards/words.js';
import type { Card } from '../port.js';
import type { Command, CommandContext } from './command.js';
import { Mistake } from './mistake.js';

export const backup: Command = {
  name: 'backup',
  usage: '[now]',
  summary: 'the newest backups, how old they are, and whether they were proven by a restore; makes new ones',
  translated: { ru: 'новейшие резервные копии, их возраст и проверены ли восстановлением; снимает новые' },
  intent: 'change',
  example: 'backup now',
  maxWords: 1,
  run: async ({ words: [word] }, ctx) => {
    if (word === undefined) return { card: await backupsCard(ctx) };
    if (word.toLowerCase() !== 'now')
      throw new Mistake('malformed', ({ inventory }) => inventory.backupAct(oneLine(word, 60)), [
        { label: 'Details', command: 'backup' },
      ]);
    await ctx.engine.backUp(ctx.who);
    return { card: { tone: 'neutral', title: ctx.words.inventory.backupsAsked, lines: [], buttons: [] } };
  },
};

async function backupsCard({ engine, words: { inventory }, now }: CommandContext): Promise<Card> {
  const all = await engine.backups();
  const since = (at: Date) => Math.max(0, +now() - +at);
  const jobs = all[0]?.jobs ?? [];
  const running = jobs.flatMap(({ name, running: one }) =>
    one ? [inventory.jobRuns(name, one.by, since(one.since))] : [],
  );
  const failed = jobs.flatMap(({ name, last }) =>
    last?.outcome === 'failed' ? [inventory.jobFailed(name, oneLine(last.detail, 200), since(last.at))] : [],
  );
  const next = Math.min(...jobs.map(({ nextAt }) => +nextAt - +now()));
  const bad = failed.length > 0 || all.some((one) => one.damaged.length > 0 || one.newest?.proof?.outcome === 'failed');
  return {
    tone: bad ? 'attention' : 'neutral',
    title: inventory.backups(all.length),
    lines: [...all.map((one) => line(one, { inventory, since })), ...running, ...failed],
    ...(Number.isFinite(next) ? { footer: [inventory.nextBackup(Math.max(0, next))] } : {}),
    buttons: [],
  };
}

function line(
  { name, newest, count, damaged }: BackupsView,
  { inventory, since }: Pick<CommandContext['words'], 'inventory'> & { since(at: Date): number },
): string {
  const lost = damaged.length > 0 ? [inventory.damagedOnes(damaged)] : [];
  if (!newest) return dotted(inventory.noBackup(name), ...lost);
  const { createdAt, sealed, bytes, proof } = newest;
  const worth = !proof
    ? inventory.notProven
    : proof.outcome === 'restored'
      ? inventory.proven(proof.durationMs)
      : inventory.notGood(oneLine(proof.detail, 120));
  return dotted(inventory.backup(name, since(createdAt), (sealed ?? { bytes }).bytes, count), worth, ...lost);
}
