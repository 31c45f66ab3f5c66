import { z } from 'zod';

/**
 * Objects of Kubernetes as far as they are read here. All are loose: what a newer cluster adds stays in an object that is
 * written back.
 */
const words = z.record(z.string(), z.string());

export const metadata = z.looseObject({
  name: z.string(),
  namespace: z.string().default(''),
  uid: z.string().default(''),
  resourceVersion: z.string().default(''),
  generation: z.number().default(0),
  creationTimestamp: z.string().nullish(),
  deletionTimestamp: z.string().nullish(),
  annotations: words.default({}),
  labels: words.default({}),
  ownerReferences: z.array(z.looseObject({ kind: z.string(), name: z.string(), uid: z.string() })).default([]),
});

export const conditions = z.array(
  z.looseObject({
    type: z.string(),
    status: z.string(),
    reason: z.string().optional(),
    message: z.string().optional(),
  }),
);

const reference = z.looseObject({ name: z.string().optional() });
const source = z.looseObject({
  configMapRef: reference.optional(),
  secretRef: reference.optional(),
  configMapKeyRef: reference.optional(),
  secretKeyRef: reference.optional(),
});

const container = z.looseObject({
  name: z.string(),
  image: z.string().optional(),
  envFrom: z.array(source).optional(),
  env: z.array(z.looseObject({ valueFrom: source.optional() })).optional(),
});

const files = z.looseObject({
  configMap: reference.optional(),
  secret: z.looseObject({ secretName: z.string().optional(), name: z.string().optional() }).optional(),
});

export const template = z.looseObject({
  metadata: z.looseObject({ annotations: words.optional(), labels: words.optional() }).optional(),
  spec: z.looseObject({
    nodeSelector: words.optional(),
    containers: z.array(container),
    initContainers: z.array(container).optional(),
    imagePullSecrets: z.array(reference).optional(),
    volumes: z
      .array(
        files.extend({
          projected: z.looseObject({ sources: z.array(files).optional() }).optional(),
          persistentVolumeClaim: z.looseObject({ claimName: z.string() }).optional(),
        }),
      )
      .optional(),
  }),
});

const selector = z.looseObject({
  matchLabels: words.optional(),
  matchExpressions: z
    .array(z.looseObject({ key: z.string(), operator: z.string(), values: z.array(z.string()).optional() }))
    .optional(),
});

const strategy = z.looseObject({
  type: z.string().optional(),
  rollingUpdate: z.looseObject({ partition: z.number().optional() }).nullish(),
});

const counts = z.looseObject({
  observedGeneration: z.number().optional(),
  replicas: z.number().optional(),
  readyReplicas: z.number().optional(),
  updatedReplicas: z.number().optional(),
  availableReplicas: z.number().optional(),
  currentRevision: z.string().optional(),
  updateRevision: z.string().optional(),
  desiredNumberScheduled: z.number().optional(),
  currentNumberScheduled: z.number().optional(),
  updatedNumberScheduled: z.number().optional(),
  numberReady: z.number().optional(),
  numberAvailable: z.number().optional(),
  conditions: conditions.optional(),
});

/** A Deployment, StatefulSet or DaemonSet. */
export const workload = z.looseObject({
  metadata,
  spec: z.looseObject({
    replicas: z.number().optional(),
    paused: z.boolean().optional(),
    selector,
    template,
    strategy: strategy.optional(),
    updateStrategy: strategy.optional(),
  }),
  status: counts.default({}),
});

/** What a rollout was: a ReplicaSet of a Deployment, a ControllerRevision of the others. */
export const replicaSet = z.looseObject({ metadata, spec: z.looseObject({ template }) });
export const controllerRevision = z.looseObject({
  metadata,
  revision: z.number(),
  data: z.looseObject({ spec: z.looseObject({ template }) }),
});

/** ConfigMaps, Secrets and Services, as they are kept. */
export const plainObject = z.looseObject({ metadata });

/** An empty list may be null. */
export const itemsOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);

export const listOf = <T extends z.ZodType>(item: T) => z.object({ items: itemsOf(item) });

export type Workload = z.output<typeof workload>;
export type Template = z.output<typeof template>;
export type Source = z.output<typeof source>;
export type PlainObject = z.output<typeof plainObject>;
