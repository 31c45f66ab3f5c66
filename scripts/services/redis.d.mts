export interface RedisServer {
  url: string;
  port: number;
  pid: number;
  dir: string;
  /** Resolves when the process has ended; may be called again. */
  stop(): Promise<void>;
}

export interface RedisOptions {
  /** Its working folder: `dump.rdb`, the append-only file and `redis.log` lie there. */
  dir: string;
  /** Default: a free one. */
  port?: number;
  /** More arguments, such as `['--appendonly', 'yes']`; they win over the defaults (nothing on disk, noeviction). */
  args?: string[];
  /** A file that it reads first, and may rewrite. */
  config?: string;
}

/** Starts a private Redis on 127.0.0.1 that dies with this process; ready when PING answers. */
export declare function startRedis(options: RedisOptions): Promise<RedisServer>;
