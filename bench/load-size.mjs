/** Plans that are in flight at once when throughput is measured. */
export const IN_FLIGHT = 200;
