import type { ActionContext } from '../actions/action.js';
import type { HealthCheck } from '../model/service.js';
import type { RuntimeStatus } from '../runtimes/runtime.js';
import type { HealthResult } from './check.js';

export type Finding = Omit<HealthResult, 'durationMs'>;

/** How programs are run: a step gives its own, which dies with the worker. */
export type RunProgram = (command: string[], signal: AbortSignal) => ReturnType<ActionContext['exec']>;

/** One way to ask. May throw: what it throws becomes an unhealthy answer in words. */
export type Probe = (check: HealthCheck, signal: AbortSignal, run: RunProgram, look?: Look) => Promise<Finding>;

/** What runs of the service, as its runtime sees it. */
export type Look = (signal: AbortSignal) => Promise<RuntimeStatus>;

export const healthy = (detail: string, facts?: Finding['facts']): Finding => ({ healthy: true, detail, facts });
export const unhealthy = (detail: string, facts?: Finding['facts']): Finding => ({ healthy: false, detail, facts });
