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
  tried: (tookMs) => `проверен: восстановлен и сверен за ${about(tookMs)}`,
  restoreHint: (service) =>
    `\`/recover ${service} --strategy rollback\` вернёт самый новый целый снимок; сохранённые при восстановлении не в счёт.`,
  elsewhere: 'только в бакете',
  fetchHint: (service) =>
    `То, что только в бакете, возвращает \`reviver backup fetch-snapshot ${service}\` в терминале узла воркера; потом его видит восстановление.`,
  bucketUnasked: (why) => `Бакет не ответил, и того, что лежит только в нём, здесь нет: ${why.replace(/\.$/, '')}.`,
  backups: (names) => `Резервные копии, самые новые; имён: ${names}`,
  backup: (name, lostMs, bytes, count) =>
    `${name} · снята ${about(lostMs)} назад, записанного после в ней нет · ${megabytes(bytes)} · хранится: ${count}`,
  noBackup: (name) => `${name} · пока нет`,
  proven: (restoreMs) => `проверена: восстановлена и пересчитана за ${about(restoreMs)}`,
  notProven: 'восстановлением ещё не проверена',
  notGood: (why) => `негодная: ${why}`,
  damagedOnes: (ids) => `повреждены: ${ids.join(', ')}`,
  jobRuns: (job, by, sinceMs) => `${job} идёт уже ${about(sinceMs)}, узел ${by}`,
  jobFailed: (job, why, agoMs) => `${job}: ошибка ${about(agoMs)} назад: ${why}`,
  nextBackup: (inMs) => `Следующая копия через ${about(inMs)}.`,
  backupsAsked: 'Резервные копии снимаются. Когда будут готовы, их покажет `/recover backup`.',
  backupAct: (given) => `Команды \`backup ${given}\` нет: \`backup\` показывает копии, \`backup now\` снимает новые.`,
};
