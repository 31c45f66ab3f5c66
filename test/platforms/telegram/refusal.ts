/** What the Bot API answers instead of a result; the HTTP status is the code. */
export class ApiRefusal extends Error {
  constructor(
    readonly code: number,
    description: string,
    readonly parameters?: { retry_after?: number; migrate_to_chat_id?: number },
  ) {
    super(description);
  }
}

export const badRequest = (why: string) => new ApiRefusal(400, `Bad Request: ${why}`);
export const forbidden = (why: string) => new ApiRefusal(403, `Forbidden: ${why}`);
export const conflict = (why: string) => new ApiRefusal(409, `Conflict: ${why}`);

/** Telegram counts in whole seconds. */
export function tooManyRequests(waitMs: number): ApiRefusal {
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  return new ApiRefusal(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
}
