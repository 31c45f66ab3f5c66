/** `12 passed, 0 failed, 1 skipped` */
export declare function totalsLine(totals: { passed: number; failed: number; skipped: number }): string;
