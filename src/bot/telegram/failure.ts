import { GrammyError, HttpError } from 'grammy';

/** What a call to the Bot API came to when it did not succeed; `why` is for people and logs, and free of the token. */
export type Failure =
  | { kind: 'limited'; retryAfterMs: number; why: string }
  | { kind: 'moved'; to: number; why: string }
  | {
      kind:
        | 'unchanged'
        | 'unparsable'
        | 'thread_lost'
        | 'message_lost'
        | 'shut_out'
        | 'not_member'
        | 'too_late'
        | 'conflict'
        | 'webhook_active'
        | 'unauthorized'
        | 'unreachable'
        | 'refused';
      why: string;
    };

type Plain = Exclude<Failure['kind'], 'limited' | 'moved'>;

/** By code and words of the description; the first that fits. Sources: the Bot API server, and what bots have met. */
const REFUSALS: readonly { code: number; words: RegExp; kind: Plain }[] = [
  { code: 400, words: /message is not modified/i, kind: 'unchanged' },
  { code: 400, words: /can't parse entities/i, kind: 'unparsable' },
  { code: 400, words: /message thread not found|TOPIC_(CLOSED|DELETED|ID_INVALID)/i, kind: 'thread_lost' },
  { code: 400, words: /query is too old|query id is invalid/i, kind: 'too_late' },
  {
    code: 400,
    words: /message to (edit|delete) not found|message can't be edited|MESSAGE_ID_INVALID/i,
    kind: 'message_lost',
  },
  { code: 400, words: /user not found|PARTICIPANT_ID_INVALID|member not found/i, kind: 'not_member' },
  {
    code: 400,
    words: /chat not found|CHANNEL_PRIVATE|group is deactivated|CHAT_WRITE_FORBIDDEN|rights to send/i,
    kind: 'shut_out',
  },
  { code: 401, words: /./, kind: 'unauthorized' },
  { code: 403, words: /./, kind: 'shut_out' },
  // The path of a call contains the token: one of a wrong form is not found.
  { code: 404, words: /^not found$/i, kind: 'unauthorized' },
  { code: 409, words: /webhook is active/i, kind: 'webhook_active' },
  { code: 409, words: /./, kind: 'conflict' },
];

/** Whether Telegram said it, or the way there: anything else is not about the call. */
export function isTelegrams(error: unknown): error is GrammyError | HttpError {
  return error instanceof GrammyError || error instanceof HttpError;
}

/** The one place where what grammY throws gets its meaning. */
export function failureOf(error: unknown): Failure {
  if (error instanceof GrammyError) return refusal(error);
  if (error instanceof HttpError)
    return { kind: 'unreachable', why: `Telegram does not answer (${causeOf(error.error)})` };
  return { kind: 'unreachable', why: error instanceof Error ? error.message : String(error) };
}

function refusal({ error_code: code, description, parameters, method }: GrammyError): Failure {
  const why = `Telegram refuses ${method}: ${code} ${description}`;
  if (parameters.migrate_to_chat_id !== undefined) return { kind: 'moved', to: parameters.migrate_to_chat_id, why };
  if (code === 429) return { kind: 'limited', retryAfterMs: (parameters.retry_after ?? 5) * 1_000, why };
  if (code >= 500) return { kind: 'unreachable', why: `Telegram is disturbed: ${code} ${description}` };
  const known = REFUSALS.find((each) => each.code === code && each.words.test(description));
  return { kind: known?.kind ?? 'refused', why };
}

/** The messages of network errors contain the address, and with it the token: only their codes are told. */
function causeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'no reason';
  if ('code' in error && typeof error.code === 'string') return error.code;
  if ('type' in error && typeof error.type === 'string') return error.type;
  return error instanceof Error && /timed out/.test(error.message) ? 'timeout' : 'connection failed';
}

/** For the cases that are nobody's to handle. */
export class TelegramError extends Error {
  constructor(readonly failure: Failure) {
    super(failure.why);
  }
}
