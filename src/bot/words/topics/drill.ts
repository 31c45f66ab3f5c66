import type { DrillTimes } from '../../../engine/recovery/drill-times.js';

/** A service that is broken on purpose. */
export interface DrillWords {
  /** Before it begins, and while it runs. */
  onPurpose(service: string): string;
  aborted: string;
  /** At a good end. */
  times(plan: string, times: Required<DrillTimes>): string;
  /** Asked before the click on Abort. */
  confirmAbort(recovery: string, service: string): string;
}
