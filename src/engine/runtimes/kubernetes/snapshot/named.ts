import type { Source, Template } from '../schema.js';

/** What a template needs beside itself, by name, each once. */
export interface Named {
  configMaps: string[];
  secrets: string[];
  /** Their data are not part of the object. */
  claims: string[];
}

export function namedIn({ spec }: Template): Named {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const sources = containers.flatMap(({ envFrom = [], env = [] }): Source[] => [
    ...envFrom,
    ...env.flatMap(({ valueFrom }): Source[] => (valueFrom ? [valueFrom] : [])),
  ]);
  const volumes = (spec.volumes ?? []).flatMap((volume) => [volume, ...(volume.projected?.sources ?? [])]);
  return {
    configMaps: each([
      ...sources.flatMap(({ configMapRef, configMapKeyRef }) => [configMapRef?.name, configMapKeyRef?.name]),
      ...volumes.map(({ configMap }) => configMap?.name),
    ]),
    secrets: each([
      ...sources.flatMap(({ secretRef, secretKeyRef }) => [secretRef?.name, secretKeyRef?.name]),
      ...volumes.map(({ secret }) => secret?.secretName ?? secret?.name),
      ...(spec.imagePullSecrets ?? []).map(({ name }) => name),
    ]),
    claims: each((spec.volumes ?? []).map(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName)),
  };
}

function each(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}
