import { expect, test } from '@jest/globals';
import {
  leftTemplates,
  marked,
  replacedPods,
  sizeBefore,
} from '../../../../../src/engine/runtimes/kubernetes/marks.js';
import { plainObject, template } from '../../../../../src/engine/runtimes/kubernetes/schema.js';
import { manifestOf } from '../../../../../src/engine/runtimes/kubernetes/snapshot/manifest.js';
import { namedIn } from '../../../../../src/engine/runtimes/kubernetes/snapshot/named.js';
import { aWorkload } from './objects.js';

test('a manifest has what people wrote, and nothing that the server owns', () => {
  const object = marked(
    aWorkload({
      metadata: {
        managedFields: [{ manager: 'kubectl' }],
        ownerReferences: [{ kind: 'Release', name: 'shop', uid: 'u' }],
        annotations: { team: 'shop', 'deployment.kubernetes.io/revision': '4' },
      },
      spec: { novelty: { of: 'a newer cluster' } },
    }),
    { by: 'R-1/0@here', size: 2 },
  );
  const { metadata, spec, ...rest } = manifestOf(object);
  expect(metadata).toEqual({ name: 'web', namespace: 'shop', labels: {}, annotations: { team: 'shop' } });
  expect(spec).toMatchObject({ novelty: { of: 'a newer cluster' } });
  expect(rest).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment' });
});

test('a Service is kept without the addresses that it was given', () => {
  const service = (clusterIP: string) =>
    manifestOf(
      plainObject.parse({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', namespace: 'shop' },
        spec: { clusterIP, clusterIPs: [clusterIP], ports: [{ port: 80 }] },
      }),
    ).spec;
  expect(service('10.0.0.7')).toEqual({ ports: [{ port: 80 }] });
  expect(service('None')).toMatchObject({ clusterIP: 'None' });
});

test('what a template names is found wherever it may stand', () => {
  const found = namedIn(
    template.parse({
      spec: {
        containers: [
          {
            name: 'main',
            envFrom: [{ configMapRef: { name: 'a' } }, { secretRef: { name: 'b' } }],
            env: [
              { name: 'X', valueFrom: { secretKeyRef: { name: 'c', key: 'k' } } },
              { name: 'Y', value: 'plain' },
            ],
          },
        ],
        initContainers: [
          { name: 'init', env: [{ name: 'Z', valueFrom: { configMapKeyRef: { name: 'd', key: 'k' } } }] },
        ],
        imagePullSecrets: [{ name: 'e' }],
        volumes: [
          { name: 'v1', configMap: { name: 'f' } },
          { name: 'v2', secret: { secretName: 'g' } },
          { name: 'v3', projected: { sources: [{ configMap: { name: 'h' } }, { secret: { name: 'i' } }] } },
          { name: 'v4', persistentVolumeClaim: { claimName: 'data' } },
          { name: 'v5', emptyDir: {} },
        ],
      },
    }),
  );
  expect(found).toEqual({ configMaps: ['a', 'd', 'f', 'h'], secrets: ['b', 'c', 'e', 'g', 'i'], claims: ['data'] });
});

test('marks are read as they were written; those of another step go, what was left stays', () => {
  const stopped = marked(aWorkload(), { size: 3 });
  expect(sizeBefore(stopped)).toBe(3);
  const later = marked(marked(stopped, { by: 'R-2/0@here', left: 'bad' }), {
    by: 'R-3/0@here',
    replaces: ['u1', 'u2'],
  });
  expect(sizeBefore(later)).toBeUndefined();
  expect([...replacedPods(later)]).toEqual(['u1', 'u2']);
  expect([...leftTemplates(later)]).toEqual(['bad']);
});
