import { dotted, oneLine } from '../cards/words.js';
import type { Card } from '../port.js';
import type { Command, CommandContext } from './command.js';
import { resolveTarget } from './target.js';

export const workers: Command = {
  name: 'workers',
  usage: '',
  summary: 'who executes steps: hosts, pools, versions, when they were last heard',
  translated: { ru: 'кто выполняет шаги: узлы, пулы, версии, когда были на связи' },
  intent: 'look',
  example: 'workers',
  maxWords: 0,
  run: async (_args, ctx) => ({ card: await workersCard(ctx) }),
};

export const snapshots: Command = {
  name: 'snapshots',
  usage: '<service>',
  summary: 'the states of a service that are kept, and whether they are whole',
  translated: { ru: 'сохранённые состояния сервиса и целы ли они' },
  intent: 'look',
  example: 'snapshots redis',
  maxWords: 1,
  run: async ({ words: [word] }, ctx) => ({ card: await snapshotsCard(resolveTarget(word ?? '', ctx).service, ctx) }),
};

async function workersCard({ engine, words: { inventory }, now }: CommandContext): Promise<Card> {
  const { workers: alive, pools } = await engine.status();
  const unserved = pools.filter((pool) => !alive.some((worker) => worker.pools.includes(pool)));
  return {
    tone: alive.length === 0 || unserved.length > 0 ? 'attention' : 'neutral',
    title: alive.length === 0 ? inventory.noWorkers : inventory.workers(alive.length),
    lines: alive.map(({ host, pid, pools: own, running, version, beatAt }) =>
      inventory.worker(host, pid, own, running, version, Math.max(0, +now() - +beatAt)),
    ),
    ...(alive.length > 0 && unserved.length > 0 ? { footer: [inventory.unserved(unserved)] } : {}),
    buttons: [],
  };
}

async function snapshotsCard(service: string, { engine, words: { inventory }, now }: CommandContext): Promise<Card> {
  const { items: kept, unasked } = await engine.snapshots(service);
  const hints = [
    ...(kept.some(({ damaged, elsewhere }) => !damaged && !elsewhere) ? [inventory.restoreHint(service)] : []),
    ...(kept.some(({ elsewhere }) => elsewhere) ? [inventory.fetchHint(service)] : []),
    ...(unasked === undefined ? [] : [inventory.bucketUnasked(unasked)]),
  ];
  return {
    tone: 'neutral',
    title: kept.length === 0 ? inventory.noSnapshots(service) : inventory.snapshots(service, kept.length),
    lines: kept.map(({ id, createdAt, by, bytes, contents, damaged, proof, elsewhere }) =>
      dotted(
        inventory.snapshot(id, Math.max(0, +now() - +createdAt), by, bytes),
        ...(damaged
          ? [inventory.damaged(damaged)]
          : [
              oneLine(contents.join('; '), 120),
              ...(elsewhere ? [inventory.elsewhere] : []),
              ...(proof ? [inventory.tried(proof.durationMs)] : []),
            ]),
      ),
    ),
    ...(hints.length > 0 ? { footer: hints } : {}),
    buttons: [],
  };
}
