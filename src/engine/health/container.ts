import { type Probe, unhealthy } from './probe.js';

/** Container checks need a container runtime, and this version has none: never healthy, so that nobody trusts it. */
export const checkContainer: Probe = async () =>
  unhealthy('container checks are not supported yet: this version has no container runtime');
