import { z } from 'zod';
import { MARKS } from '../marks.js';
import type { PlainObject } from '../schema.js';

const words = z.record(z.string(), z.string()).default({});

/** An object as somebody would have written it. */
export const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string(), annotations: words, labels: words }),
});

export type Manifest = z.output<typeof manifest>;

/** What the API server writes by itself. Source: Kubernetes API reference, ObjectMeta. */
const OF_SERVER: ReadonlySet<string> = new Set([
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
  // Names an owner by its uid, who may be another one by then.
  'ownerReferences',
]);

/** Written by controllers, and by Reviver's own steps. */
const OF_OTHERS: ReadonlySet<string> = new Set([
  'deployment.kubernetes.io/revision',
  'deprecated.daemonset.template.generation',
  ...MARKS,
]);

/** Addresses that a Service was given, unless it asked for none. */
const ADDRESSES: ReadonlySet<string> = new Set(['clusterIP', 'clusterIPs', 'healthCheckNodePort']);

/** Without what the server owns, so that it can be applied again, also where it is gone. */
export function manifestOf({ status: _, ...object }: PlainObject): Manifest {
  const { kind, spec } = object;
  return manifest.parse({
    ...object,
    ...(kind === 'Service' && isRecord(spec) && spec.clusterIP !== 'None' ? { spec: without(spec, ADDRESSES) } : {}),
    metadata: {
      ...without(object.metadata, OF_SERVER),
      annotations: without(object.metadata.annotations, OF_OTHERS),
    },
  });
}

/** A Service keeps the addresses that it has. */
export function addressesOf({ spec }: PlainObject): Record<string, unknown> {
  return isRecord(spec) ? Object.fromEntries(Object.entries(spec).filter(([key]) => ADDRESSES.has(key))) : {};
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function without<T>(object: Readonly<Record<string, T>>, keys: ReadonlySet<string>): Record<string, T> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.has(key)));
}
