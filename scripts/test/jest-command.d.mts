/** Unit tests need no services; anything else may. */
export declare function needsServices(asked: string[]): boolean;
/** Tests of whole processes run what was compiled. */
export declare function needsBuild(asked: string[]): boolean;
/** Tests in a real browser need one. */
export declare function needsBrowser(asked: string[]): boolean;
/** The command line of one jest run over what was asked for. */
export declare function jestCommand(root: string, asked: string[]): string[];
