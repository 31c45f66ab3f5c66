import { type Ended, LOOKED_BACK, type PlanRecord } from '../../engine/history/history.js';
import { recoveryName } from '../../engine/model/recovery.js';
import type { Card } from '../port.js';
import type { Words } from '../words/words.js';
import { dotted, oneField } from './words.js';

export interface HistoryPage {
  items: readonly Ended[];
  records: readonly PlanRecord[];
  /** Absent: of all services. */
  service?: string;
  /** The command of the next page; absent: there is none. */
  older?: string;
}

/** A wait that nobody notices is not told. */
const NOTICED_MS = 1_000;
const MOST_RECORDS = 6;

/** What has ended, a line each, and beneath it how each plan did. */
export function historyCard({ items, records, service, older }: HistoryPage, now: Date, words: Words): Card {
  const { lists } = words;
  return {
    tone: 'neutral',
    title: items.length === 0 ? lists.noneEnded(service) : lists.lastRecoveries(service),
    lines: items.map((one) => line(one, service, now, words)),
    ...(records.length > 0
      ? { footer: [...records.slice(0, MOST_RECORDS).map(lists.record), lists.lookedBack(LOOKED_BACK)] }
      : {}),
    buttons: older === undefined ? [] : [{ label: 'Older', command: older }],
  };
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
