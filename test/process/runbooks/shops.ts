import type { withDocker } from '../../support/docker.js';
import type { TestDatabase, TestRedis } from '../../support/index.js';
import { startTrial, type Trial } from '../../support/runbook-trial.js';
import { freePorts } from '../docker-patients.js';
import { KEEP } from './shop.js';

/** Shops in containers, each with a port of its own, and the trial of a runbook for them. */
export interface Shops {
  trial: Trial;
  port(name: string): number;
}

export async function openShops(
  names: readonly string[],
  parts: { database: Pick<TestDatabase, 'url'>; redis: Pick<TestRedis, 'url'>; docker: ReturnType<typeof withDocker> },
): Promise<Shops> {
  const ports = await freePorts(names.length);
  const port = (name: string): number => ports[names.indexOf(name)] ?? 0;
  const trial = await startTrial({
    databaseUrl: parts.database.url,
    redisUrl: parts.redis.url,
    services: names
      .map(
        (name) => `  - name: ${name}
    container_name: ${name}
    health: [{ type: http, url: "http://127.0.0.1:${port(name)}/health", interval: 1h, timeout: 1s }]`,
      )
      .join('\n'),
    more: KEEP,
    env: { DOCKER_HOST: parts.docker.host },
  });
  return { trial, port };
}
