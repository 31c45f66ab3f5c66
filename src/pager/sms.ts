import { z } from 'zod';
import { ask, jsonIn } from './ask.js';
import { type News, NotDelivered, type Pager } from './pager.js';
import { answerTo, cut, wordsFor } from './words.js';

/*
 * SMS by Twilio's REST API. Source: https://www.twilio.com/docs/messaging/api/message-resource : one POST a message,
 * basic auth, errors as {code, message, more_info, status}. It has no idempotency key: a message whose answer is lost may
 * come twice, and both carry the same name.
 */

export interface TwilioSettings {
  accountSid: string;
  authToken: string;
  from: string;
  /** Without a path. */
  url: string;
}

export const TWILIO_URL = 'https://api.twilio.com';

/** 161 to 306 characters are two messages to the network and to the bill; more is not read at night. */
const MOST_PARTS = 2;
/** GSM 03.38: 160 characters in one, 153 in each of several; any other character makes it UCS-2: 70, and 67. */
const GSM = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€]*$/;
/** Each takes the room of two. */
const GSM_DOUBLE = /[\^{}\\[~\]|€]/g;

export function createSms({ accountSid, authToken, from, url }: TwilioSettings): Pager {
  const endpoint = `${url.replace(/\/$/, '')}/2010-04-01/Accounts/${accountSid}/Messages.json`;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  return {
    async send(news, target, signal) {
      const body = new URLSearchParams({ To: target, From: from, Body: smsText(news) }).toString();
      const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
      try {
        await ask({ what: 'Twilio', method: 'POST', url: endpoint, headers, body }, signal);
      } catch (error) {
        throw explained(error);
      }
    },
    async examine(signal) {
      const account = `${url.replace(/\/$/, '')}/2010-04-01/Accounts/${accountSid}.json`;
      await ask({ what: 'Twilio', method: 'GET', url: account, headers: { authorization } }, signal).catch((error) => {
        throw explained(error);
      });
      return { tried: true };
    },
  };
}

/** What can be answered is never cut off. */
export function smsText(news: News): string {
  const { title } = wordsFor(news);
  const answer = news.action === 'trigger' ? ` -> ${answerTo(news)}` : '';
  const whole = plain(`${title}${answer}`);
  if (parts(whole) <= MOST_PARTS) return whole;
  for (let most = Array.from(title).length - 1; most > 20; most -= 1) {
    const shorter = plain(`${cut(title, most)}${answer}`);
    if (parts(shorter) <= MOST_PARTS) return shorter;
  }
  return plain(`${news.name}${answer}`);
}

/** How many messages the network makes of it. */
export function parts(text: string): number {
  if (GSM.test(text)) {
    const length = text.length + (text.match(GSM_DOUBLE)?.length ?? 0);
    return length <= 160 ? 1 : Math.ceil(length / 153);
  }
  return text.length <= 70 ? 1 : Math.ceil(text.length / 67);
}

/** One typographic sign would halve what fits. */
function plain(text: string): string {
  return text
    .replaceAll('…', '...')
    .replace(/[“”„]/g, '"')
    .replace(/[‘’]/g, "'")
    .replace(/[–—]/g, '-')
    .replaceAll('·', '-');
}

const refusal = z.object({ code: z.number(), message: z.string() });

/** With what its operator can do, where Twilio's own number for it tells. */
function explained(error: unknown): unknown {
  if (!(error instanceof NotDelivered)) return error;
  const read = refusal.safeParse(jsonIn(error.message));
  if (!read.success) return error;
  const { code, message } = read.data;
  const help = HELP[code] === undefined ? '' : `; ${HELP[code]}`;
  return new NotDelivered(`Twilio refuses it (${code}): ${message}${help}`, error.again, error.retryAfterMs);
}

const HELP: Readonly<Record<number, string>> = {
  20003: 'look at TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN',
  21211: 'look at escalation.contacts.sms',
  21212: 'look at TWILIO_FROM',
  21606: 'TWILIO_FROM cannot send SMS',
  21608: 'a trial account reaches verified numbers only',
  21610: 'that person has unsubscribed by STOP',
  21614: 'that number cannot receive SMS',
};
