import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { aService } from '../../../support/builders.js';
import { eventually } from '../../../support/eventually.js';
import { aCheck, Ward } from './watched.js';

let ward: Ward;
let monitors: { stop(): Promise<void> }[];

beforeEach(() => {
  ward = new Ward();
  monitors = [];
});

afterEach(async () => {
  for (const monitor of monitors) await monitor.stop();
});

const watching = (...args: Parameters<Ward['watch']>) => {
  const monitor = ward.watch(...args);
  monitors.push(monitor);
  return monitor;
};

const redis = aService('redis', { health: [aCheck()] });
const api = aService('api', { health: [aCheck()], dependsOn: ['redis'] });
const web = aService('web', { health: [aCheck()], dependsOn: ['api'] });
const well = (...names: string[]) =>
  eventually(() => expect(names.map((name) => ward.health.get(name)?.status)).toEqual(names.map(() => 'healthy')));

describe('one cause', () => {
  test('is one incident, in which what is down with it is named', async () => {
    watching([redis, api, web]);
    await well('redis', 'api', 'web');
    for (const name of ['redis', 'api', 'web']) ward.ill.add(name);
    await eventually(() => expect(ward.open.get('health:redis')?.detail).toMatch(/; down with it: api, web$/));
    expect([...ward.open.keys()]).toEqual(['health:redis']);
    expect(ward.told.filter((line) => line.startsWith('opened'))).toHaveLength(1);
    expect(ward.health.get('web')).toMatchObject({ causedBy: 'redis' });
    ward.ill.clear();
    await eventually(() => expect(ward.open.size).toBe(0));
    await well('api', 'web');
    expect(ward.health.get('web')?.causedBy).toBeUndefined();
    expect(ward.told.at(-1)).toBe('resolved health:redis');
  });

  test('is waited for when the dependent is seen first, and its own check has not come yet', async () => {
    const slow = aService('redis', { health: [aCheck({ intervalMs: 300, failures: 3 })] });
    watching([slow, api]);
    await well('redis', 'api');
    ward.ill.add('redis').add('api');
    await eventually(() => expect(ward.health.get('api')?.status).toBe('unhealthy'));
    expect(ward.told).toEqual([]);
    await eventually(() => expect(ward.open.get('health:redis')?.detail).toMatch(/down with it: api$/));
    expect(ward.told.filter((line) => line.startsWith('opened'))).toHaveLength(1);
    expect(ward.told[0]).toMatch(/^opened redis is down/);
  });

  test('is not sought in a dependency that is well: it is told of at once', async () => {
    watching([redis, api]);
    await well('redis', 'api');
    ward.ill.add('api');
    await eventually(() => expect(ward.told).toEqual(['opened api is down · refused (1 of 1 checks)']));
  });

  test('that was only doubted leaves the dependent as its own cause', async () => {
    const slow = aService('redis', { health: [aCheck({ intervalMs: 200, failures: 3 })] });
    watching([slow, api]);
    await well('redis', 'api');
    ward.ill.add('redis').add('api');
    await eventually(() => expect(ward.health.get('api')?.status).toBe('unhealthy'));
    ward.ill.delete('redis');
    await eventually(() => expect([...ward.open.keys()]).toEqual(['health:api']));
  });
});

describe('a service in maintenance', () => {
  const of = (service: string) => [
    { service, since: new Date(), until: new Date(Date.now() + 3_600_000), reason: 'moves', by: 'Ann' },
  ];

  test('is checked and told of to nobody, also not by what depends on it', async () => {
    ward.maintenance = of('redis');
    watching([redis, api]);
    ward.ill.add('redis').add('api');
    await eventually(() => expect(ward.health.get('api')).toMatchObject({ status: 'unhealthy', causedBy: 'redis' }));
    expect(ward.health.get('redis')).toMatchObject({ status: 'unhealthy' });
    expect(ward.told).toEqual([]);
    expect(ward.counted).toContainEqual({ service: 'redis', as: 'maintenance' });
  });

  test('is told of when the time is over and it is ill still', async () => {
    ward.maintenance = of('redis');
    watching([redis]);
    ward.ill.add('redis');
    await eventually(() => expect(ward.health.get('redis')?.status).toBe('unhealthy'));
    ward.maintenance = [];
    await eventually(() => expect(ward.told[0]).toMatch(/^opened redis is down/));
  });

  test('has no open incident any more once it begins', async () => {
    watching([redis]);
    ward.ill.add('redis');
    await eventually(() => expect(ward.open.size).toBe(1));
    ward.maintenance = of('redis');
    await eventually(() => expect(ward.told.at(-1)).toBe('resolved health:redis · it is in maintenance'));
  });
});

test('a service that falls ill again and again is told of once, until it is steady', async () => {
  const shaky = aService('redis', { health: [aCheck()], flapping: { times: 3, withinMs: 2_000 } });
  watching([shaky]);
  await well('redis');
  for (let n = 0; n < 6; n += 1) {
    ward.ill.add('redis');
    await eventually(() => expect(ward.health.get('redis')?.status).toBe('unhealthy'));
    ward.ill.delete('redis');
    await well('redis');
  }
  expect(ward.told.filter((line) => line.startsWith('opened'))).toEqual([
    'opened redis is down · refused (1 of 1 checks)',
    'opened redis is down · refused (1 of 1 checks)',
    'opened redis is flapping · it fell ill 3 times, the last: refused. It is told of once, until it is steady for 1.0 s',
  ]);
  await eventually(() => expect(ward.told.at(-1)).toBe('resolved flapping:redis'));
});

test('needs as many good answers in a row as it says before it is well again', async () => {
  const answers = [true, false, true, false, true, true, true];
  const seen: string[] = [];
  const careful = aService('redis', { health: [aCheck({ successes: 3 })] });
  const answer = async () => ({ healthy: answers.shift() ?? true, detail: '', durationMs: 1 });
  const ports = ward.ports([careful]);
  watching([careful], {
    check: answer,
    incidents: { ...ports.incidents, saveHealth: async (health) => void seen.push(health.status) },
  });
  await eventually(() => expect(seen.at(-1)).toBe('healthy'));
  await eventually(() => expect(seen).toHaveLength(7));
  expect(seen).toEqual(['healthy', ...Array(5).fill('unhealthy'), 'healthy']);
});

test('another process goes on where the first one ended, and tells nothing twice', async () => {
  const first = watching([redis, api]);
  await well('redis', 'api');
  ward.ill.add('redis').add('api');
  await eventually(() => expect(ward.open.get('health:redis')?.detail).toMatch(/down with it: api$/));
  await eventually(() => expect(ward.health.get('api')?.causedBy).toBe('redis'));
  await first.stop();
  const before = ward.told.length;
  ward.asked.length = 0;
  watching([redis, api]);
  await eventually(() => expect(ward.asked.length).toBeGreaterThan(20));
  expect(ward.told.slice(before).filter((line) => line.startsWith('opened'))).toEqual([]);
  ward.ill.clear();
  await eventually(() => expect(ward.open.size).toBe(0));
});

test('a thousand services are checked in their time, a hundred at once at most, and not in step', async () => {
  let now = 0;
  let most = 0;
  const rounds = new Map<string, number[]>();
  const many = Array.from({ length: 1_000 }, (_, n) =>
    aService(`s${n}`, { health: [aCheck({ intervalMs: 2_000, failures: 2 })] }),
  );
  watching(many, {
    async check({ name }) {
      most = Math.max(most, ++now);
      rounds.set(name, [...(rounds.get(name) ?? []), performance.now()]);
      await new Promise((resolve) => setTimeout(resolve, 20));
      now -= 1;
      return { healthy: true, detail: 'well', durationMs: 20 };
    },
  });
  await eventually(() => expect([...rounds.values()].filter((times) => times.length >= 3)).toHaveLength(1_000), {
    timeoutMs: 20_000,
  });
  expect(most).toBeLessThanOrEqual(100);
  const gaps = [...rounds.values()].flatMap(([a = 0, b = 0, c = 0]) => [b - a, c - b]).sort((a, b) => a - b);
  const p99 = gaps[Math.floor(gaps.length * 0.99)] ?? 0;
  console.log(`1,000 services every 2 s: ${most} at once, 99 % of the rounds within ${Math.round(p99)} ms`);
  expect(p99).toBeLessThan(2_500);
  expect((gaps.at(-1) ?? 0) - (gaps[0] ?? 0)).toBeGreaterThan(50);
}, 30_000);
