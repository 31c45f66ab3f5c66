/** Gets a Docker engine for the tests where that touches nothing; an error only with REVIVER_REQUIRE_DOCKER=1. */
export declare function findDocker(): Promise<void>;
/** What keeps this machine from running a private Docker engine, for people; undefined: nothing. */
export declare function dockerMissing(): string | undefined;
