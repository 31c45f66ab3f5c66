import { resolve } from 'node:path';
import {
  type BreakerSettings,
  type DiskFolder,
  PRIORITY,
  type RuntimeName,
  type Service,
} from '../engine/model/service.js';
import { type HealthDefaults, healthChecks } from './health.js';
import { BREAKER_DEFAULTS, type RawService } from './service-schema.js';

/** A service with all that the configuration says about it. */
export interface ConfiguredService extends Service {
  breaker: BreakerSettings;
}

/** @param folder that of the configuration file: relative paths begin there */
export function toService(raw: RawService, folder: string, defaults: HealthDefaults): ConfiguredService {
  const { process, compose } = raw;
  return {
    name: raw.name,
    runtime: runtimeOf(raw) ?? 'docker',
    ...(process && { process: { ...process, cwd: resolve(folder, process.cwd) } }),
    ...(raw.container_name && { containerName: raw.container_name }),
    ...(compose && { compose: { ...compose, file: resolve(folder, compose.file) } }),
    ...(raw.kubernetes && { kubernetes: raw.kubernetes }),
    ...(raw.systemd && { systemd: raw.systemd }),
    ...(raw.sizes && { sizes: raw.sizes }),
    ...(raw.failover && { failover: raw.failover }),
    ...(raw.disk && { disk: raw.disk.map((one) => toDiskFolder(one, folder)) }),
    ...(raw.data_dir && { dataDir: resolve(folder, raw.data_dir) }),
    health: healthChecks(raw, defaults),
    recoveryStrategies: raw.recovery_strategies,
    maxRecoveryAttempts: raw.max_recovery_attempts,
    ...(raw.retry_policy && { retryPolicy: raw.retry_policy }),
    criticality: raw.criticality,
    priority: raw.priority ?? PRIORITY[raw.criticality],
    dependsOn: raw.depends_on,
    ...(raw.target_availability !== undefined && { targetAvailability: raw.target_availability }),
    ...(raw.flapping && { flapping: { times: raw.flapping.times, withinMs: raw.flapping.within } }),
    breaker: toBreaker(raw),
    ...(raw.state_backup_enabled && { stateBackup: true }),
    ...(raw.snapshots?.hourly && { hourlySnapshots: true }),
    ...(raw.escalation !== undefined && { escalation: raw.escalation }),
    ...(raw.rto !== undefined && { rtoMs: raw.rto }),
    ...(raw.drill?.allowed && { drillAllowed: true }),
    ...toAutoRecover(raw.auto_recover),
  };
}

function toAutoRecover(raw: RawService['auto_recover']): Pick<Service, 'autoRecover' | 'autoRecoverRules'> {
  const when = conditionOf(raw);
  if (when === undefined || when === 'never') return {};
  if (typeof raw !== 'object') return { autoRecover: when };
  const { limit_per_hour, shadow, promote_after } = raw;
  return { autoRecover: when, autoRecoverRules: { limitPerHour: limit_per_hour, shadow, promoteAfter: promote_after } };
}

export function conditionOf(raw: RawService['auto_recover']): string | undefined {
  return typeof raw === 'object' ? raw.when : raw;
}

function toDiskFolder(raw: NonNullable<RawService['disk']>[number], base: string): DiskFolder {
  return {
    folder: resolve(base, raw.folder),
    remove: raw.remove,
    olderThanMs: raw.older_than,
    ...(raw.limit === undefined ? {} : { limitBytes: raw.limit }),
  };
}

/** As said, or as its one section says; undefined when nothing tells. The source document's services are containers. */
export function runtimeOf(raw: RawService): RuntimeName | undefined {
  if (raw.runtime) return raw.runtime;
  if (raw.container_name) return 'docker';
  return SECTIONS.find((section) => raw[section] !== undefined);
}

export const SECTIONS = ['process', 'compose', 'kubernetes', 'systemd'] as const satisfies readonly RuntimeName[];

function toBreaker(raw: RawService): BreakerSettings {
  const given = raw.circuit_breaker ?? BREAKER_DEFAULTS;
  return {
    // Whoever writes the section wants it.
    enabled: raw.circuit_breaker_enabled ?? raw.circuit_breaker !== undefined,
    failureThreshold: given.failure_threshold,
    failureRateThreshold: given.failure_rate_threshold,
    openMs: given.timeout_duration,
    maxOpenMs: Math.max(given.timeout_duration, given.max_timeout_duration),
    requestTimeoutMs: given.request_timeout,
    maxConcurrentCalls: given.max_concurrent_calls,
  };
}
