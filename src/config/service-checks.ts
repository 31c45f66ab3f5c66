import { isAbsolute, normalize } from 'node:path';
import { RUNTIMES, type ServiceSize } from '../engine/model/service.js';
import { withExamples } from '../engine/secrets/credential.js';
import { wholeReference } from '../engine/secrets/reference.js';
import type { Problem } from '../engine/yaml/problem.js';
import { isHealthUrl } from './health.js';
import type { RawConfig } from './schema.js';
import { runtimeOf, SECTIONS } from './service.js';
import type { RawHealth, RawService } from './service-schema.js';

/** Each runtime needs its section, and no other one. */
export function places({ services }: RawConfig): Problem[] {
  return services.flatMap((service, index): Problem[] => {
    const path = ['services', index];
    const runtime = runtimeOf(service);
    if (!runtime) return [{ path: [...path, 'runtime'], says: `is missing; expected one of ${RUNTIMES.join(', ')}` }];
    const needed = runtime === 'docker' ? 'container_name' : runtime;
    const strange = SECTIONS.filter((section) => section !== runtime && service[section] !== undefined);
    return [
      ...(service[needed] === undefined ? [{ path, says: `the runtime ${runtime} needs ${needed}` }] : []),
      ...strange.map((section) => ({ path: [...path, section], says: `does not fit the runtime ${runtime}` })),
    ];
  });
}

/** A list of sizes is from small to big, since one up and one down must mean something; only a container has one. */
export function sizesAscend({ services }: RawConfig): Problem[] {
  return services.flatMap((service, index): Problem[] => {
    const { sizes = [] } = service;
    const path = ['services', index, 'sizes'];
    if (sizes.length > 0 && runtimeOf(service) !== 'docker')
      return [{ path, says: 'does not fit: only a container has sizes; others have replicas, or one size' }];
    const wrong = sizes.findIndex((size, place) => place > 0 && !grows(sizes[place - 1], size));
    return wrong < 0
      ? []
      : [{ path: [...path, wrong], says: 'is not bigger than the one before; expected small to big' }];
  });
}

/** Files are removed below these folders: one such as /var is a slip that must not cost a machine. */
export function disksAreDeep({ services }: RawConfig): Problem[] {
  return services.flatMap(({ disk = [] }, index) =>
    disk.flatMap(({ folder, remove }, place): Problem[] => {
      const shallow = isAbsolute(folder) && normalize(folder).split('/').filter(Boolean).length < 2;
      if (remove.length === 0 || !shallow) return [];
      const path = ['services', index, 'disk', place, 'folder'];
      return [
        {
          path,
          says: `"${folder}" is too near the root for anything to be removed; expected one such as /var/log/web`,
        },
      ];
    }),
  );
}

function grows(before: ServiceSize = {}, size: ServiceSize): boolean {
  const steps = (['cpus', 'memoryBytes'] as const).map((key) => (size[key] ?? 0) - (before[key] ?? 0));
  return steps.every((step) => step >= 0) && steps.some((step) => step > 0);
}

const TARGET: Record<RawHealth['type'], { key: 'url' | 'command' | undefined; form: RegExp; example: string }> = {
  http: { key: 'url', form: /^https?:\/\/[^/]/, example: 'http://127.0.0.1:8080/health' },
  tcp: { key: 'url', form: /^tcp:\/\/[^/]+:\d+$/, example: 'tcp://127.0.0.1:5672' },
  redis: { key: 'url', form: /^rediss?:\/\/[^/]/, example: 'redis://127.0.0.1:6379' },
  postgres: { key: 'url', form: /^postgres(ql)?:\/\/[^/]/, example: 'postgresql://user@127.0.0.1:5432/name' },
  command: { key: 'command', form: /^/, example: '[pg_isready, -q]' },
  container: { key: undefined, form: /^/, example: '' },
};

/** Each check needs its target, in the form that it can ask. */
export function healthTargets({ services }: RawConfig): Problem[] {
  return services.flatMap((service, index) => [
    ...service.health.flatMap((check, position) => healthTarget(check, ['services', index, 'health', position])),
    ...shortHealth(service, ['services', index, 'health_check_url']),
  ]);
}

function healthTarget(check: RawHealth, path: PropertyKey[]): Problem[] {
  const { key, form, example } = TARGET[check.type];
  if (!key) return [];
  const given = check[key];
  if (given === undefined) return [{ path, says: `a ${check.type} check needs ${key}, such as ${example}` }];
  // What a whole reference stands for is known when it is asked.
  const fits = typeof given !== 'string' || wholeReference(given) !== undefined || isUrlLike(given, form);
  return fits
    ? []
    : [{ path: [...path, key], says: `is not the URL of a ${check.type} check; expected one such as ${example}` }];
}

function isUrlLike(text: string, form: RegExp): boolean {
  const example = withExamples(text);
  return URL.canParse(example) && form.test(example);
}

function shortHealth({ health_check_url: url }: RawService, path: PropertyKey[]): Problem[] {
  return url === undefined || isHealthUrl(url)
    ? []
    : [{ path, says: 'is not a URL; expected one such as http://127.0.0.1:8080/health' }];
}
