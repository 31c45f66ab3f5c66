import { type Receiver, startReceiver } from '../receiver.js';

/**
 * Twilio's "create a message" as its documentation has it. Source:
 * https://www.twilio.com/docs/messaging/api/message-resource and https://www.twilio.com/docs/api/errors
 */
export const ACCOUNT_SID = `AC${'0123456789abcdef'.repeat(2)}`;
export const AUTH_TOKEN = 'fedcba9876543210fedcba9876543210';
export const FROM = '+15005550006';
/** A trial account reaches no other. */
export const VERIFIED = ['+15005550101', '+15005550102'];
export const UNVERIFIED = '+15005550199';
export const STOPPED = '+15005550188';

export interface TwilioServer extends Receiver {
  messages: { to: string; body: string }[];
  refused: number[];
}

/** The REST API takes at most so much, of however many segments. */
const LONGEST = 1_600;
const E164 = /^\+[1-9]\d{5,14}$/;

export async function startTwilio(): Promise<TwilioServer> {
  const messages: TwilioServer['messages'] = [];
  const refused: number[] = [];
  const refuse = (status: number, code: number, message: string, headers = {}) => {
    refused.push(code);
    const more_info = `https://www.twilio.com/docs/errors/${code}`;
    return {
      status,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ code, message, more_info, status }),
    };
  };
  const receiver = await startReceiver((request, body) => {
    const expected = `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`;
    if (request.headers.authorization !== expected) return refuse(401, 20003, 'Authenticate');
    if (request.method === 'GET' && request.url === `/2010-04-01/Accounts/${ACCOUNT_SID}.json`)
      return { status: 200, body: JSON.stringify({ sid: ACCOUNT_SID, status: 'active' }) };
    if (request.method !== 'POST' || request.url !== `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`)
      return refuse(404, 20404, 'The requested resource was not found');
    if (request.headers['content-type'] !== 'application/x-www-form-urlencoded')
      return refuse(415, 20010, 'Unsupported media type');
    const form = new URLSearchParams(body);
    const [to = '', from = '', text = ''] = ['To', 'From', 'Body'].map((name) => form.get(name) ?? '');
    if (!E164.test(to)) return refuse(400, 21211, `Invalid 'To' Phone Number: ${to}`);
    if (from !== FROM) return refuse(400, 21212, `Invalid From Number (caller ID): ${from}`);
    if (text === '') return refuse(400, 21602, 'Message body is required.');
    if (Array.from(text).length > LONGEST)
      return refuse(400, 21617, 'The concatenated message body exceeds the 1600 character limit');
    if (to === STOPPED) return refuse(400, 21610, 'Attempt to send to unsubscribed recipient');
    if (!VERIFIED.includes(to))
      return refuse(
        400,
        21608,
        `The number ${to} is unverified. Trial accounts cannot send messages to unverified numbers`,
      );
    messages.push({ to, body: text });
    const sid = `SM${String(messages.length).padStart(32, '0')}`;
    return {
      status: 201,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sid, status: 'queued' }),
    };
  });
  return Object.assign(receiver, { messages, refused });
}
