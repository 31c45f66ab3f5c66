import type { Environment } from '../../config/environment.js';
import type { Config } from '../../config/load.js';
import { PAGERS, type Pager } from '../../engine/escalation/escalation.js';
import { PAGERDUTY_URL } from '../../pager/pagerduty.js';
import { TWILIO_URL } from '../../pager/sms.js';
import type { EscalationSettings } from '../escalation-settings.js';

/** A pager reaches somebody when both are there: how (the environment) and whom (the configuration). */
export function escalationSettings(
  { escalation: { policies, contacts, language, link } }: Pick<Config, 'escalation'>,
  env: Environment,
): EscalationSettings {
  const webhook = contacts.webhook ?? env.ALERT_WEBHOOK_URL?.reveal() ?? env.SLACK_WEBHOOK_URL?.reveal();
  const administrator = env.BEV_ADMIN_EMAIL === undefined ? [] : [env.BEV_ADMIN_EMAIL];
  const mailTo = contacts.email.length > 0 ? contacts.email : administrator;
  const smtp = env.SMTP_URL?.reveal();
  const sms = twilio(env);
  const secret = env.ALERT_WEBHOOK_SECRET?.reveal();
  return {
    policies,
    contacts: {
      pagerduty: env.PAGERDUTY_ROUTING_KEY ? ['pagerduty'] : [],
      email: smtp === undefined ? [] : mailTo,
      sms: sms ? contacts.sms : [],
      // Many have a secret in their path, which is for the configuration alone.
      webhook: webhook === undefined ? [] : ['webhook'],
    },
    language,
    ...(link === undefined ? {} : { link }),
    ...(env.PAGERDUTY_ROUTING_KEY
      ? {
          pagerDuty: { routingKey: env.PAGERDUTY_ROUTING_KEY.reveal(), url: env.PAGERDUTY_EVENTS_URL ?? PAGERDUTY_URL },
        }
      : {}),
    ...(smtp === undefined ? {} : { email: { url: smtp, from: env.SMTP_FROM ?? sender(smtp) } }),
    ...(sms ? { sms } : {}),
    ...(webhook === undefined ? {} : { webhook: { url: webhook, ...(secret === undefined ? {} : { secret }) } }),
  };
}

/** What each pager lacks, for a warning; undefined: it reaches somebody. */
const LACKS: Readonly<Record<Pager, string>> = {
  pagerduty: 'PAGERDUTY_ROUTING_KEY is not set',
  email: 'SMTP_URL is not set, or nobody stands in escalation.contacts.email',
  sms: 'TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM are not set, or nobody stands in escalation.contacts.sms',
  webhook: 'neither escalation.contacts.webhook nor ALERT_WEBHOOK_URL is set',
};

/** Levels of a policy that would reach nobody: it works, though not as written. */
export function escalationWarnings({ policies, contacts }: EscalationSettings): string[] {
  const named = new Set(Object.values(policies).flatMap((stages) => stages.flatMap(({ notify }) => notify)));
  const silent = PAGERS.filter((pager) => named.has(pager) && contacts[pager].length === 0);
  if (silent.length === 0) return [];
  const why = silent.map((pager) => `${pager} (${LACKS[pager]})`).join(', ');
  return [`escalation.policies names what reaches nobody: ${why}. The next level is told in its place`];
}

function twilio(env: Environment): EscalationSettings['sms'] {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: token, TWILIO_FROM: from } = env;
  if (!accountSid || !token || !from) return undefined;
  return { accountSid, authToken: token.reveal(), from, url: env.TWILIO_API_URL ?? TWILIO_URL };
}

/** Where nobody says: the account by which mail is sent, as most servers demand. */
function sender(smtp: string): string {
  const { username, hostname } = new URL(smtp);
  const user = decodeURIComponent(username);
  return user.includes('@') ? user : `reviver@${hostname}`;
}
