/** Numbers, durations and lists as people write them. */
export interface Measures {
  /** `8 s`, `3 min`, `2 h`, `4 d`: a duration that only tells the scale. */
  about(ms: number): string;
  /** `11.8 s`, `2 h 05 min` */
  exact(ms: number): string;
  /** `0.4`, `1,204` */
  number(n: number): string;
  /** `Lee`, `Lee and Max`, `Ann, Lee and Max` */
  and(names: readonly string[]): string;
  or(names: readonly string[]): string;
}
