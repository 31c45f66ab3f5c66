import type { InventoryWords } from '../topics/inventory.js';
import { measures } from './measures.js';

const { about, number } = measures;

const megabytes = (bytes: number) => `${number(Math.round(bytes / 100_000) / 10)} МБ`;

export const inventory: InventoryWords = {
  workers: (alive) => `Живых воркеров: ${alive}`,
  noWorkers: 'Живых воркеров нет, ничего не выполняется. Запустите: reviver worker',
  worker: (host, pid, pools, running, version, heardMs) =>
    `${host}, pid ${pid} · пулы ${pools.join(', ')} · выполняет: ${running} · версия ${version} · на связи ${about(heardMs)} назад`,
  unserved: (pools) =>
    `Для ${pools.join(', ')} нет живых воркеров, их шаги ждут. Запустите: reviver worker --pool ${pools[0] ?? 'NAME'}`,
  snapshots: (service, count) => `Снимки ${service}, сначала новые: ${count}`,
  noSnapshots: (service) => `Снимков ${service} нет. Их делает шаг с "snapshot: true" или take_snapshot.`,
  snapshot: (id, agoMs, by, bytes) => `${id} · ${about(agoMs)} назад · ${by} · ${megabytes(bytes)}`,
  damaged: (why) => `повреждён: ${why}`,
  restoreHint: (service) =>
    `\`/recover ${service} --strategy rollback\` вернёт самый новый целый снимок; сохранённые при восстановлении не в счёт.`,
};
