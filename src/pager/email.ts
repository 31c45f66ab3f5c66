import { createTransport, type Transporter } from 'nodemailer';
import { failureInWords } from '../engine/health/words.js';
import { redact } from '../engine/model/redact.js';
import { type News, NotDelivered, PATIENCE_MS, type Pager } from './pager.js';
import { wordsFor } from './words.js';

/** Mail by SMTP: plain and HTML, one thread an escalation. */

export interface EmailSettings {
  /** `smtps://user:password@host:465`; a secret. */
  url: string;
  from: string;
  /** Names this installation in the ids of its messages. */
  installation: string;
}

/** All of one delivery: greeting, TLS, login and data have their own limits within it. */
const DELIVERY_MS = 2 * PATIENCE_MS;

export function createEmail({ url, from, installation }: EmailSettings): Pager {
  const limits = { connectionTimeout: PATIENCE_MS, greetingTimeout: PATIENCE_MS, socketTimeout: PATIENCE_MS };
  const transport = () => createTransport({ url, ...limits, disableFileAccess: true, disableUrlAccess: true });
  return {
    async send(news, target, signal) {
      const mail = mailOf(news, installation);
      const within = AbortSignal.any([signal, AbortSignal.timeout(DELIVERY_MS)]);
      const connection = transport();
      try {
        await abortable(connection, connection.sendMail({ ...mail, from, to: target }), within);
      } catch (error) {
        throw failure(error);
      } finally {
        connection.close();
      }
    },
    async examine(signal) {
      const within = AbortSignal.any([signal, AbortSignal.timeout(DELIVERY_MS)]);
      const connection = transport();
      try {
        await abortable(connection, connection.verify(), within);
        return { tried: true };
      } catch (error) {
        throw failure(error);
      } finally {
        connection.close();
      }
    },
  };
}

interface Mail {
  subject: string;
  text: string;
  html: string;
  messageId: string;
  inReplyTo: string;
  references: string[];
  headers: Record<string, string>;
}

/** The same for every attempt: a mail program that gets it twice shows it once. */
export function mailOf(news: News, installation: string): Mail {
  const { title, lines } = wordsFor(news);
  const domain = `${installation}.reviver.invalid`;
  const thread = `<${news.name}@${domain}>`;
  return {
    subject: title,
    text: [title, '', ...lines, ''].join('\n'),
    html: `<!doctype html><html lang="${news.language}"><body><h3>${escaped(title)}</h3>${lines
      .map((line) => `<p>${escaped(line)}</p>`)
      .join('')}</body></html>`,
    messageId: `<${news.key.replace(/[^\w.-]+/g, '.')}@${domain}>`,
    // Nobody has sent the first message of the thread: programs thread by what all of them refer to (RFC 5322, 3.6.4).
    inReplyTo: thread,
    references: [thread],
    // RFC 3834: no holiday notice answers it.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Reviver-Escalation': news.name },
  };
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Nodemailer knows no signal: closing its connection ends what waits for it. */
async function abortable<T>(connection: Transporter, sending: Promise<T>, signal: AbortSignal): Promise<T> {
  let end: (() => void) | undefined;
  const ended = new Promise<never>((_, reject) => {
    end = () => {
      connection.close();
      reject(new Error(`no answer within ${DELIVERY_MS / 1_000} s`));
    };
    signal.addEventListener('abort', end, { once: true });
  });
  try {
    return await Promise.race([sending, ended]);
  } finally {
    if (end) signal.removeEventListener('abort', end);
    sending.catch(() => undefined);
  }
}

interface SmtpError {
  code?: string;
  responseCode?: number;
  response?: string;
}

/** RFC 5321, 4.2.1: a reply 4yz may be well later, 5yz never. A server that is away may come back. */
function failure(error: unknown): NotDelivered {
  const { code, responseCode, response }: SmtpError = typeof error === 'object' && error !== null ? error : {};
  const said = redact((response ?? '').replace(/\s+/g, ' ')).slice(0, 200);
  if (code === 'EAUTH' && (responseCode ?? 0) >= 500)
    return new NotDelivered(`The mail server refuses the login of SMTP_URL: ${said}`, false);
  if (responseCode !== undefined) return new NotDelivered(`The mail server answered: ${said}`, responseCode < 500);
  if (code === 'EENVELOPE') return new NotDelivered('The mail has no receiver that the server takes', false);
  return new NotDelivered(`The mail server: ${failureInWords(error)}`, true);
}
