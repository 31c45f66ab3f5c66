import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll } from '@jest/globals';
import { KINDS, type Kind } from '../../../src/engine/runtimes/kubernetes/place.js';
import type { TestCluster } from './cluster.js';

/**
 * Where health checks ask, whatever network the pods are in: `/NAME` is 200 when the deployment has the pods that it should
 * have, and all are of its present template and ready.
 */
export function withHealth(k: TestCluster): { url(name: string): string } {
  const server = createServer((request, answer) => {
    const [, name = '', kind = 'deployment'] = (request.url ?? '').split('/');
    isWell(k, name, kindOf(kind)).then(
      (well) => answer.writeHead(well ? 200 : 503).end(),
      () => answer.writeHead(500).end(),
    );
  });
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(async () => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url(name) {
      const address = server.address();
      if (typeof address !== 'object' || address === null) throw new Error('health is asked inside tests and hooks');
      return `http://127.0.0.1:${address.port}/${name}`;
    },
  };
}

async function isWell(k: TestCluster, name: string, kind: Kind): Promise<boolean> {
  const found = await k.read(name, kind);
  const { desired, ready, updated, there } = KINDS[kind].counts(found);
  const current = (found.status.observedGeneration ?? 0) >= found.metadata.generation;
  return current && desired > 0 && ready === desired && updated === desired && there === desired;
}

function kindOf(given: string): Kind {
  if (given === 'deployment' || given === 'statefulset' || given === 'daemonset') return given;
  throw new Error(`no kind ${given}`);
}
