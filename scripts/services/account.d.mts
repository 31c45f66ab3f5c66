/** The user that Postgres runs as; undefined: the present one. */
export declare function account(): Promise<{ uid: number; gid: number } | undefined>;
