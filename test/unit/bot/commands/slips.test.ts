import { describe, expect, test } from '@jest/globals';
import type { Answer, CommandContext } from '../../../../src/bot/commands/command.js';
import { Mistake } from '../../../../src/bot/commands/mistake.js';
import { runCommand } from '../../../../src/bot/commands/run-command.js';
import { COMMANDS } from '../../../../src/bot/commands/table.js';
import { wordsOf } from '../../../../src/bot/words/languages.js';
import type { Incident } from '../../../../src/engine/engine.js';
import { createFakeEngine, type FakeEngine } from '../../../support/fake-engine.js';

const NOW = new Date();

function context(engine: FakeEngine): CommandContext {
  const origin = { platform: 'console', channel: 'incidents' };
  const who = { name: 'Ann', roles: engine.people()[0]?.roles ?? [], human: true, via: 'console' };
  const surroundings = { platforms: [], incidents: {}, groups: [] };
  return { engine, who, origin, commands: COMMANDS, words: wordsOf('en'), surroundings, now: () => NOW };
}

const run = (text: string, engine = createFakeEngine()): Promise<Answer> => runCommand(text, context(engine));

async function refused(text: string, engine = createFakeEngine()): Promise<Mistake> {
  const error = await run(text, engine).catch((reason: unknown) => reason);
  if (!(error instanceof Mistake)) throw new Error(`not refused: ${JSON.stringify(error)}`);
  return error;
}

describe('a tired person', () => {
  test.each([
    ['aprove R-1', 'No service, runbook or command "aprove". Did you mean approve?'],
    ['cancle R-1', 'No service, runbook or command "cancle". Did you mean cancel?'],
    ['quieten RedisDown 1h', 'No service, runbook or command "quieten". `/recover list`'],
  ])('%s: what is wrong is the command, not the words behind it', async (text, message) => {
    expect((await refused(text)).message).toContain(message);
  });

  test('a name of 2,000 letters is not said back', async () => {
    expect((await refused('x'.repeat(1_990))).message.length).toBeLessThan(200);
  });

  test('plan alone offers plans, and starts none', async () => {
    const engine = createFakeEngine();
    const { card } = await run('plan', engine);
    expect(card?.buttons.map(({ command }) => command)).toContain('plan redis');
    expect(engine.calls).toEqual([]);
  });

  test('cancel alone has a button for each recovery; approve alone shows the plan first', async () => {
    const engine = createFakeEngine();
    await run('redis', engine);
    expect((await refused('cancel', engine)).wayOut).toEqual([{ label: 'Cancel R-1', command: 'cancel R-1' }]);
    expect((await refused('approve', engine)).wayOut).toEqual([{ label: 'Details R-1', command: 'status R-1' }]);
  });

  test.each(['r1', 'R1', 'r-1', '1'])('%s is R-1', async (name) => {
    const engine = createFakeEngine();
    await run('redis', engine);
    expect((await run(`status ${name}`, engine)).card?.title).toContain('R-1 · redis');
  });

  test('the private view of a plan that waits can be approved and rejected, too', async () => {
    const engine = createFakeEngine();
    await run('redis', engine);
    const { card } = await run('status R-1', engine);
    expect(card?.buttons.slice(0, 3)).toMatchObject([
      { label: 'Approve', command: 'approve R-1 7f3a91c2' },
      { label: 'Reject', command: 'reject R-1 7f3a91c2' },
      { label: 'Cancel' },
    ]);
  });

  test('why of a service that nothing recovers explains the plan that it would get', async () => {
    expect((await run('why redis')).card?.title).toBe('redis · why redis_outage');
  });
});

describe('a healthy service', () => {
  const health = { service: 'redis', since: NOW, detail: 'PING answers', recovery: 'IDLE' as const, recoveryId: null };
  const engineWith = (status: 'healthy' | 'unhealthy', consecutiveFailures: number): FakeEngine => {
    const engine = createFakeEngine();
    const { status: before } = engine;
    engine.status = async () => ({
      ...(await before()),
      services: { redis: { ...health, status, consecutiveFailures } },
    });
    return engine;
  };

  test('can be recovered, and whoever asked is told at once that it was well', async () => {
    const { show, card } = await run('redis', engineWith('healthy', 0));
    expect(show).toBe(1);
    expect(card).toMatchObject({
      title: 'redis was healthy (PING answers) when you asked for R-1. Cancel it if you meant another one.',
      buttons: [{ label: 'Cancel R-1', command: 'cancel R-1' }],
    });
  });

  test.each([
    ['an ill one', 'unhealthy', 3],
    ['one whose last check failed', 'healthy', 1],
  ] as const)('%s needs no such word', async (_, status, failures) => {
    expect(await run('redis', engineWith(status, failures))).toEqual({ show: 1 });
  });

  test('a status that cannot be had holds nothing up', async () => {
    const engine = createFakeEngine();
    engine.status = () => Promise.reject(new Error('gone'));
    expect(await run('redis', engine)).toEqual({ show: 1 });
  });
});

describe('incidents', () => {
  const incident: Incident = {
    id: 3,
    service: 'redis',
    title: 'redis is down',
    detail: 'connection refused',
    severity: 1,
    fingerprint: 'f',
    state: 'open',
    count: 1,
    startedAt: new Date(+NOW - 60_000),
    resolvedAt: null,
    acknowledgedBy: null,
    recoveryId: null,
  };
  const engineWith = (over: Partial<Incident> = {}): FakeEngine => {
    const engine = createFakeEngine();
    engine.incident = async () => ({ ...incident, ...over });
    engine.acknowledge = async (_, who) => ({ ...incident, state: 'acknowledged', acknowledgedBy: who.name, ...over });
    return engine;
  };

  test('status shows one', async () => {
    expect((await run('status I-3', engineWith())).card?.title).toBe(
      'redis is down · redis · firing for 1 min · critical · 1 alert',
    );
  });

  test('an acknowledgement says who looks after it', async () => {
    expect((await run('ack I-3', engineWith())).card?.title).toBe('I-3 · redis is down · redis: Ann looks after it.');
  });

  test('one that is over is not taken', async () => {
    expect((await run('ack I-3', engineWith({ state: 'resolved' }))).card?.title).toBe(
      'I-3 · redis is down · redis: resolved already. Nothing changed.',
    );
  });
});
