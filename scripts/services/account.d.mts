export interface Account {
  uid: number;
  gid: number;
}

/** The user that Postgres runs as; undefined: the present one. */
export declare function account(): Promise<Account | undefined>;
export declare function reaches(who: Account, folder: string): Promise<boolean>;
