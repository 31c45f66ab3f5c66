/** What one client may take of the server. */
export interface Limits {
  bodyBytes: number;
  /** Of a webhook: a group of alerts comes whole. */
  webhookBytes: number;
  /** Nesting of a JSON body. */
  bodyDepth: number;
  /** Requests of one token in `requestWindowMs`. */
  requests: number;
  requestWindowMs: number;
  /** Refused tokens from one address in `failedLoginWindowMs`. */
  failedLogins: number;
  failedLoginWindowMs: number;
  /** Requests of one route that one principal may be forbidden in `forbiddenWindowMs`: each one is recorded. */
  forbidden: number;
  forbiddenWindowMs: number;
  /** A client that has not sent its headers, or its whole request, by then is cut off. */
  headersTimeoutMs: number;
  requestTimeoutMs: number;
  /** The longest that `POST /execute` waits for the end of its recovery: most proxies cut off after a minute. */
  executeWaitMs: number;
  /** Open WebSockets of this process. */
  sockets: number;
  /** Of them, those of one principal: nobody may take them all. */
  socketsEach: number;
  /** Unsent bytes above which whoever sends waits, and for how long before the client counts as too slow. */
  socketPauseBytes: number;
  socketStallMs: number;
  /** Unsent bytes of one who does not wait, after which a WebSocket that reads too slowly is closed. */
  socketBacklogBytes: number;
  /** A client that does not answer the goodbye is cut off by then. */
  socketCloseMs: number;
  /** What a client may say between two heartbeats. */
  socketMessages: number;
  socketPingMs: number;
}

export const DEFAULT_LIMITS: Readonly<Limits> = Object.freeze({
  bodyBytes: 1_048_576,
  webhookBytes: 2 * 1_048_576,
  bodyDepth: 32,
  requests: 3_000,
  requestWindowMs: 10_000,
  failedLogins: 20,
  failedLoginWindowMs: 60_000,
  forbidden: 30,
  forbiddenWindowMs: 60_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  executeWaitMs: 55_000,
  sockets: 500,
  socketsEach: 50,
  socketPauseBytes: 262_144,
  socketStallMs: 10_000,
  socketBacklogBytes: 1_048_576,
  socketCloseMs: 5_000,
  socketMessages: 100,
  socketPingMs: 30_000,
});
