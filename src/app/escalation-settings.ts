import type { Contacts, Policies } from '../engine/escalation/escalation.js';
import type { EmailSettings } from '../pager/email.js';
import type { PagerDutySettings } from '../pager/pagerduty.js';
import type { TwilioSettings } from '../pager/sms.js';

/** Who is called when a service needs people, and by what. */
export interface EscalationSettings {
  policies: Policies;
  contacts: Contacts;
  /** What those read who are paged. */
  language: 'en' | 'ru';
  /** Where people open Reviver. */
  link?: string;
  pagerDuty?: PagerDutySettings;
  email?: Omit<EmailSettings, 'installation'>;
  sms?: TwilioSettings;
  /** `url` may name secrets; without a secret of its own it is not signed. */
  webhook?: { url: string; secret?: string };
}
