export interface PgBouncer {
  /** The target's connection string, with this in front of it. */
  url: string;
  port: number;
  pid: number;
  stop(): Promise<void>;
}

/** Starts a private PgBouncer on 127.0.0.1 that dies with this process. */
export declare function startPgBouncer(options: {
  dir: string;
  /** Connection string of the server behind. */
  target: string;
  mode: 'session' | 'transaction' | 'statement';
}): Promise<PgBouncer>;
