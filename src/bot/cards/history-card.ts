import { type Disaster, type Ended, LOOKED_BACK, type PlanRecord } from '../../engine/history/history.js';
import { recoveryName } from '../../engine/model/recovery.js';
import type { Card } from '../port.js';
import type { Words } from '../words/words.js';
import { dotted, oneField } from './words.js';

export interface HistoryPage {
  items: readonly Ended[];
  records: readonly PlanRecord[];
  /** The newest first. */
  disasters?: readonly Disaster[];
  /** Absent: of all services. */
  service?: string;
  /** The command of the next page; absent: there is none. */
  older?: string;
}

/** A wait that nobody notices is not told. */
const NOTICED_MS = 1_000;
const MOST_RECORDS = 6;

/** What has ended, a line each, and beneath it how each plan did. */
export function historyCard(page: HistoryPage, now: Date, words: Words): Card {
  const { items, records, service, older } = page;
  const { lists } = words;
  return {
    tone: 'neutral',
    title: items.length === 0 ? lists.noneEnded(service) : lists.lastRecoveries(service),
    lines: lines(page, now, words),
    ...(records.length > 0
      ? { footer: [...records.slice(0, MOST_RECORDS).map(lists.record), lists.lookedBack(LOOKED_BACK)] }
      : {}),
    buttons: older === undefined ? [] : [{ label: 'Older', command: older }],
  };
}

/** Disasters stand among the recoveries, where their time is; those that ended before this page's last line are left to `GET /history`. */
function lines({ items, disasters = [], service, older }: HistoryPage, now: Date, words: Words): string[] {
  const all = items.map((one) => ({ at: +one.endedAt, text: line(one, service, now, words) }));
  const since = older === undefined ? 0 : (all.at(-1)?.at ?? 0);
  for (const one of disasters.filter(({ endedAt }) => +endedAt >= since)) {
    const place = all.findIndex(({ at }) => at <= +one.endedAt);
    const entry = { at: +one.endedAt, text: disasterLine(one, now, words) };
    all.splice(place === -1 ? all.length : place, 0, entry);
  }
  return all.map(({ text }) => text);
}

function disasterLine({ lost, state, rtoMs, rpoMs, by, endedAt }: Disaster, now: Date, { lists }: Words): string {
  return dotted(
    lists.lossOf(lost),
    lists.ago(Math.max(0, +now - +endedAt)),
    lists.endedAs({ state, code: null, unverified: false, activeMs: rtoMs ?? 0 }, undefined),
    rpoMs !== null && lists.lostData(rpoMs),
    oneField(by, 60),
  );
}

function line(one: Ended, service: string | undefined, now: Date, { lists }: Words): string {
  const waitedMs = +one.endedAt - +one.createdAt - one.activeMs;
  return dotted(
    recoveryName(one.id),
    lists.ago(Math.max(0, +now - +one.endedAt)),
    service === undefined && one.service,
    one.plan,
    lists.endedAs(one, waitedMs >= NOTICED_MS ? waitedMs : undefined),
    oneField(one.requestedBy, 60),
    lists.rated(one.helped, one.didNotHelp),
    one.notes > 0 && lists.notes(one.notes),
  );
}
