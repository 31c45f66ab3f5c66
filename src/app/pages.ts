import { z } from 'zod';
import { GiveUp, Later, type Send } from '../bot/outbox.js';
import { retold, wordsOf } from '../bot/words/languages.js';
import { dedupKey } from '../engine/escalation/dedup-key.js';
import { type Escalation, escalationName, PAGERS, type Pager as PagerName } from '../engine/escalation/escalation.js';
import type { Escalations } from '../engine/escalation/escalations.js';
import { recoveryName } from '../engine/model/recovery.js';
import type { Service } from '../engine/model/service.js';
import { createSecrets, type Secrets } from '../engine/secrets/secrets.js';
import { createEmail } from '../pager/email.js';
import { type News, NotDelivered, type Pager } from '../pager/pager.js';
import { createPagerDuty } from '../pager/pagerduty.js';
import { createSms } from '../pager/sms.js';
import { createWebhook } from '../pager/webhook.js';
import type { EscalationSettings } from './escalation-settings.js';

const page = z.object({
  escalation: z.int(),
  level: z.int(),
  channel: z.enum(PAGERS),
  target: z.string(),
  action: z.enum(['trigger', 'acknowledge', 'resolve']),
});

export interface PagesOptions {
  settings: EscalationSettings;
  escalations: Pick<Escalations, 'get'>;
  services(): readonly Service[];
  installation: string;
  /** What references in the address of the webhook mean; absent: there are none. */
  secrets?: Pick<Secrets, 'resolve'> | undefined;
  /** Ends what is under way. */
  signal: AbortSignal;
}

/** The pagers that are set up, by name. */
export function createPagers({
  settings: { pagerDuty, email, sms, webhook },
  installation,
  secrets = createSecrets([]),
}: Pick<PagesOptions, 'settings' | 'installation' | 'secrets'>) {
  return new Map<PagerName, Pager>([
    ...(pagerDuty ? [['pagerduty', createPagerDuty(pagerDuty)] as const] : []),
    ...(email ? [['email', createEmail({ ...email, installation })] as const] : []),
    ...(sms ? [['sms', createSms(sms)] as const] : []),
    ...(webhook ? [['webhook', createWebhook({ ...webhook, secrets })] as const] : []),
  ]);
}

/** Sends one page: its words are those of the escalation as it is now. */
export function createSendPage(options: PagesOptions): Send {
  const { escalations, services, signal } = options;
  const pagers = createPagers(options);
  return async (row) => {
    const { escalation: id, level, channel, target, action } = page.parse(row.payload);
    const pager = pagers.get(channel);
    const escalation = await escalations.get(id);
    if (!escalation) throw new GiveUp(`there is no escalation ${escalationName(id)}`);
    if (!pager) throw new GiveUp(`${channel} is not set up any more`);
    const news = newsOf({ escalation, level, action, key: row.key }, options);
    const known = services().find(({ name }) => name === escalation.service);
    try {
      await pager.send({ ...news, criticality: known?.criticality ?? news.criticality }, target, signal);
    } catch (error) {
      throw asOutboxSees(error);
    }
  };
}

function newsOf(
  { escalation, level, action, key }: { escalation: Escalation; level: number; action: News['action']; key: string },
  { settings: { language, link }, installation }: PagesOptions,
): News {
  const { id, service, code, reason, recoveryId, startedAt } = escalation;
  const by = action === 'resolve' ? escalation.resolvedBy : escalation.acknowledgedBy;
  return {
    action,
    key,
    level,
    service,
    code,
    startedAt,
    language,
    name: escalationName(id),
    dedupKey: dedupKey(installation, id),
    reason: retold(wordsOf(language), reason),
    criticality: 'medium',
    ...(recoveryId === null ? {} : { recovery: recoveryName(recoveryId) }),
    ...(by === null || action === 'trigger' ? {} : { by }),
    ...(link === undefined ? {} : { link }),
  };
}

function asOutboxSees(error: unknown): unknown {
  if (!(error instanceof NotDelivered)) return error;
  if (!error.again) return new GiveUp(error.message);
  return error.retryAfterMs === undefined ? error : new Later(error.message, error.retryAfterMs);
}
