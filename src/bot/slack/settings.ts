/** How Reviver reaches a Slack workspace: Socket Mode with an app-level token, else HTTP with a signing secret. */
export interface SlackSettings {
  botToken: string;
  /** Socket Mode: `xapp-...`. Wins over the signing secret. */
  appToken?: string;
  /** HTTP. */
  signingSecret?: string;
  /** Default: Slack's own. */
  apiUrl?: string;
}

/** Times in milliseconds. The defaults follow Slack's limits; tests use shorter ones. */
export interface SlackTuning {
  /** The minute in which Slack counts calls: 1 post a second and channel is a sixtieth of it. */
  minuteMs: number;
  /** Between two edits of one message. */
  editIntervalMs: number;
  /** One call to the Web API. */
  callTimeoutMs: number;
  /** What someone in front of a form, or who waits for a private answer, has patience for. */
  answerTimeoutMs: number;
  /** So long the socket may be away, or calls may fail, before health is red: a refresh takes a second. */
  patienceMs: number;
  /** A greeting or a pong that takes longer means that nobody is there. Above 5 s, so that a busy moment of ours is no reason. */
  pingTimeoutMs: number;
  /** Between attempts to connect, doubled from the first to the longest. */
  firstRetryMs: number;
  longestRetryMs: number;
  /** Between two looks whether Slack still accepts the token. */
  probeEveryMs: number;
  /** App Home: between two drawings while it changes, and how long it is followed after it was opened. */
  homeEveryMs: number;
  homeFollowedMs: number;
}

export const TUNING: SlackTuning = {
  minuteMs: 60_000,
  editIntervalMs: 2_500,
  callTimeoutMs: 10_000,
  answerTimeoutMs: 5_000,
  patienceMs: 30_000,
  pingTimeoutMs: 15_000,
  firstRetryMs: 250,
  longestRetryMs: 15_000,
  probeEveryMs: 60_000,
  homeEveryMs: 30_000,
  homeFollowedMs: 600_000,
};
