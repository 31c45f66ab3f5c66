import { afterEach, expect, test } from '@jest/globals';
import { type Discovery, startDiscovery } from '../../../../src/engine/discovery/discovery.js';
import { createDockerEngine } from '../../../../src/engine/runtimes/docker/engine.js';
import { createRuntimes } from '../../../../src/engine/runtimes/runtimes.js';
import { aService } from '../../../support/builders.js';
import { describeDocker, withDocker } from '../../../support/docker.js';
import { eventually } from '../../../support/eventually.js';

const docker = withDocker();
const started: Discovery[] = [];
let lines: string[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop()));
  for (const { Id } of await docker.engine.listContainers({ all: true }))
    await docker.engine.getContainer(Id).remove({ force: true });
}, 60_000);

function discover(over: Partial<Parameters<typeof startDiscovery>[0]> = {}) {
  lines = [];
  const one = startDiscovery({
    services: [aService('file')],
    strategies: ['restart', 'recreate'],
    docker: createDockerEngine(docker.host),
    dockerExpected: true,
    log: (level, message, facts) => lines.push(`${level} ${message} ${JSON.stringify(facts ?? {})}`),
    activeTargets: async () => [],
    intervalMs: 15_000,
    goneAfterMs: 0,
    // So that only events can be what is noticed.
    resyncMs: 600_000,
    ...over,
  });
  started.push(one);
  return { ...one, names: () => one.directory.all().map(({ name }) => name) };
}

const container = (name: string, Labels: Record<string, string> = {}) =>
  docker.engine.createContainer({
    name,
    Image: 'reviver-test',
    Cmd: ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done'],
    Labels: { 'reviver.enable': 'true', ...Labels },
    HostConfig: { NetworkMode: 'none' },
  });

describeDocker('discovery', () => {
  test('finds what is there, what comes, and what goes', async () => {
    await container('there', { 'reviver.criticality': 'high' });
    await container('other', { 'reviver.enable': 'false' });
    const { directory, names, first } = discover();
    await first;
    expect(names()).toEqual(['file', 'there']);
    expect(directory.all()[1]).toMatchObject({ runtime: 'docker', containerName: 'there', criticality: 'high' });
    const came = await container('came', { 'reviver.name': 'web' });
    await eventually(() => expect(names()).toEqual(['file', 'there', 'web']));
    await came.rename({ name: 'renamed' });
    await eventually(() => expect(directory.all()[2]).toMatchObject({ name: 'web', containerName: 'renamed' }));
    await came.remove();
    await eventually(() => expect(names()).toEqual(['file', 'there']));
  }, 60_000);

  test('a service stays while its container is made anew', async () => {
    await (await container('web')).start();
    const { names, first, directory } = discover();
    await first;
    const seen: string[][] = [];
    directory.onChange((services) => seen.push(services.map(({ name }) => name)));
    const runtime = createRuntimes(directory.all, { dataDir: '/nowhere', docker: createDockerEngine(docker.host) });
    await runtime('web').recreate?.(AbortSignal.timeout(20_000), 'R-1/0');
    await container('last');
    await eventually(() => expect(names()).toEqual(['file', 'last', 'web']));
    expect(seen).toEqual([['file', 'last', 'web']]);
    expect(runtime('last').name).toBe('docker');
  }, 60_000);

  test('wrong labels are told once, by the name of the container', async () => {
    await container('wrong', { 'reviver.health': 'nothing' });
    const { names, first } = discover({ resyncMs: 50 });
    await first;
    await container('next');
    await eventually(() => expect(names()).toEqual(['file', 'next']));
    expect(lines.filter((line) => line.startsWith('warn'))).toEqual([
      expect.stringMatching(/^warn labels of a container .*"container":"wrong","problem":"reviver.health is not a URL/),
    ]);
  }, 60_000);

  test('holds what it knows while the engine is away, and looks again when it is back', async () => {
    await container('web');
    const { names, first } = discover({ resyncMs: 200 });
    await first;
    await docker.kill();
    try {
      await eventually(() => expect(lines.join('\n')).toContain('cannot be looked at'), { timeoutMs: 10_000 });
      expect(names()).toEqual(['file', 'web']);
    } finally {
      await docker.start();
    }
    await container('after');
    await eventually(() => expect(names()).toEqual(['file', 'after', 'web']), { timeoutMs: 20_000 });
    expect(lines.filter((line) => line.includes('cannot be looked at'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('answers again'))).toHaveLength(1);
  }, 90_000);

  test('hears again by itself after the engine was started anew', async () => {
    const { names, first } = discover();
    await first;
    await docker.kill();
    await docker.start();
    await container('web');
    await eventually(() => expect(names()).toEqual(['file', 'web']), { timeoutMs: 20_000 });
  }, 90_000);

  test('copes with thousands of labels and many containers', async () => {
    const Labels = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`team.label.${n}`, `${n}`]));
    await container('labelled', Labels);
    const { names, first } = discover();
    await first;
    await Promise.all(Array.from({ length: 60 }, (_, n) => container(`many-${n}`)));
    await eventually(() => expect(names()).toHaveLength(62), { timeoutMs: 20_000 });
  }, 90_000);

  test('an engine that is not there is no trouble where nobody named one', async () => {
    const away = createDockerEngine('unix:///nowhere/docker.sock');
    const quiet = discover({ docker: away, dockerExpected: false });
    await quiet.first;
    expect(quiet.names()).toEqual(['file']);
    expect(lines).toEqual([expect.stringMatching(/^debug the Docker engine cannot be looked at/)]);
    await discover({ docker: away }).first;
    expect(lines).toEqual([expect.stringMatching(/^warn the Docker engine cannot be looked at/)]);
  });
});
