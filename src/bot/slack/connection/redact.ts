import { redact as redactSecrets } from '../../../engine/model/redact.js';

const TOKEN = /\bx(?:ox[a-z]|app)-[\w-]+/g;
/** A URL's path may itself be a secret, such as a response_url or the ticket of a socket. */
const PATH_OF_URL = /\b((?:https?|wss?):\/\/[^/\s"'<>]+)\/[^\s"'<>]*/g;
const ONE_SHOT = /("?(?:trigger_id|response_url|ticket)"?\s*[:=]\s*"?)[^\s",}&]+/g;

/** Text of a library or of Slack as it may be logged. */
export function redact(text: string): string {
  return redactSecrets(text).replace(ONE_SHOT, '$1…').replace(TOKEN, 'x…').replace(PATH_OF_URL, '$1/…');
}
