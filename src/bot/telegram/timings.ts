/** Milliseconds, unless the name says otherwise. Tests make them shorter; nothing else does. */
export interface Timings {
  /** A call to the Bot API gives up after this long; grammY's own default is 500 s. */
  callSeconds: number;
  /** How long Telegram holds a poll open while nothing comes. */
  pollSeconds: number;
  /** How often it is asked whether this process leads. */
  leadsEvery: number;
  /** Between attempts while another process polls with the same token; the last one repeats. */
  afterConflict: readonly number[];
  /** Between attempts while Telegram cannot be reached. */
  afterFailure: readonly number[];
  /** Between attempts while the token is refused. */
  afterUnauthorized: number;
  /** Without a good answer for so long, nothing is heard any more. */
  deafAfter: number;
  /** Between looks at whether the webhook is still ours and is delivered to. */
  webhookEvery: number;
  /** A click is answered by then, whatever becomes of it. Telegram gives up after some 5 to 20 s, people sooner. */
  answerWithin: number;
  /** An update that is not stored by then is counted as late. Telegram gives up after 10 s, people sooner. */
  lateAfter: number;
  /** What the database must tell within. */
  recallWithin: number;
  /** What waited longer, because nobody listened, may no longer be meant. */
  tooOld: number;
  /** Whether someone is a member of a chat is believed for so long. */
  membershipLasts: number;
  /** Whether a group has topics is believed for so long. */
  forumLasts: number;
  /** A second press within this time confirms the first. */
  confirmWithin: number;
  /** Between two edits of one message: edits of a group are about 20 a minute. */
  editEvery: number;
  /** Telegram's minute, and its second, for the budgets. */
  minute: number;
  second: number;
}

export const TIMINGS: Timings = {
  callSeconds: 20,
  pollSeconds: 30,
  leadsEvery: 1_000,
  afterConflict: [5_000, 10_000, 15_000, 30_000],
  afterFailure: [500, 1_000, 2_000, 5_000, 10_000],
  afterUnauthorized: 60_000,
  deafAfter: 90_000,
  webhookEvery: 60_000,
  answerWithin: 1_300,
  lateAfter: 2_500,
  recallWithin: 1_000,
  tooOld: 5 * 60_000,
  membershipLasts: 60_000,
  forumLasts: 5 * 60_000,
  confirmWithin: 15_000,
  editEvery: 3_000,
  minute: 60_000,
  second: 1_000,
};
