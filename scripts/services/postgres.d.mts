export interface PostgresServer {
  /** Of the database `postgres`, as its superuser. */
  url: string;
  port: number;
  pid: number;
  dir: string;
  /** Resolves when the server has ended in good order; may be called again. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Gets `data`, `password` and `postgres.log`; what is there is used again. For root: reachable for other users. */
  dir: string;
  /** Default: a free one. */
  port?: number;
  /** Default true. False is for data that may be lost with the machine. */
  fsync?: boolean;
  /** More arguments, such as `['-c', 'max_connections=300']`. */
  args?: string[];
}

/** Starts a private PostgreSQL 15 on 127.0.0.1 that dies with this process. */
export declare function startPostgres(options: PostgresOptions): Promise<PostgresServer>;
