import { describe, expect, test } from '@jest/globals';
import { createTestMemory } from '../../platforms/telegram/memory.js';
import { ANN, CARD, GROUP, type Scene } from '../../platforms/telegram/scene.js';
import { withTelegram } from '../../platforms/telegram/with-telegram.js';
import { createTestDesk } from '../../support/desk.js';
import { eventually } from '../../support/eventually.js';

const scene = withTelegram();

/** Another program with the same token, until it is stopped. */
function intruder({ server }: Scene): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await fetch(`${server.url}/bot${server.token}/getUpdates`, {
        method: 'POST',
        body: JSON.stringify({ timeout: 1 }),
        signal: stopping.signal,
      }).catch(() => {});
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

const type = ({ server }: Scene, text = '/recover redis') => server.people.type(ANN, GROUP, text);

describe('polling', () => {
  test('asks for the kinds of updates that count, each time, and touches no webhook', async () => {
    const at = await scene();
    await at.start();
    await eventually(() =>
      expect(at.server.calls.filter(({ method }) => method === 'getUpdates').length).toBeGreaterThan(2),
    );
    for (const { parameters } of at.server.calls.filter(({ method }) => method === 'getUpdates'))
      expect(parameters.allowed_updates).toEqual(['message', 'callback_query', 'my_chat_member']);
    expect(at.server.calls.map(({ method }) => method)).not.toContain('deleteWebhook');
  });

  test('confirms an update only after the bot has taken it', async () => {
    const at = await scene();
    let stored = (): void => {};
    const desk = createTestDesk();
    await at.start({
      ...desk,
      accept: async (input) => {
        at.inputs.push(input);
        await new Promise<void>((resolve) => (stored = resolve));
        return { fresh: true, handled: Promise.resolve() };
      },
    });
    const update = type(at);
    await eventually(() => expect(at.inputs).toHaveLength(1));
    const confirmed = () => at.server.calls.some(({ parameters }) => parameters.offset === (update ?? 0) + 1);
    expect(at.server.queue.waiting()).toHaveLength(1);
    expect(confirmed()).toBe(false);
    stored();
    await eventually(() => expect(confirmed()).toBe(true));
  });

  test('a command that takes for ever delays no other', async () => {
    const at = await scene();
    let release = (): void => {};
    at.handle.now = async ({ text }) => {
      if (text === 'slow') await new Promise<void>((resolve) => (release = resolve));
    };
    await at.start();
    type(at, '/recover slow');
    await eventually(() => expect(at.inputs).toHaveLength(1));
    type(at, '/recover cancel R-1');
    await eventually(() => expect(at.inputs.map(({ text }) => text)).toEqual(['slow', 'cancel R-1']));
    release();
  });

  test('an update that cannot be understood stops nothing', async () => {
    const at = await scene();
    await at.start();
    at.server.queue.push('message', { text: 7 });
    type(at);
    await eventually(() => expect(at.inputs).toHaveLength(1));
    expect(at.logs.map(({ message }) => message)).toContain('telegram:not_understood');
  });

  test('goes on when another program has polled with the token, and says so meanwhile', async () => {
    const at = await scene();
    await at.start();
    await eventually(() => expect(at.platform.healthy().detail).toContain('listens as @reviver_test_bot'));
    const other = intruder(at);
    await eventually(() => expect(at.platform.healthy()).toMatchObject({ ok: false }));
    expect(at.platform.healthy().detail).toContain('another program polls with this token');
    await other.stop();
    type(at);
    await eventually(() => expect(at.inputs).toHaveLength(1));
    await eventually(() => expect(at.platform.healthy().ok).toBe(true));
  });

  test('a refused token is red with what to do, and heals by itself', async () => {
    const at = await scene();
    at.server.faults.refuse(401, 'Unauthorized', { times: 6 });
    await at.start();
    await eventually(() => expect(at.platform.healthy().detail).toMatch(/TELEGRAM_BOT_TOKEN/));
    expect(at.platform.healthy().ok).toBe(false);
    await eventually(() => expect(at.platform.healthy().ok).toBe(true));
    type(at);
    await eventually(() => expect(at.inputs).toHaveLength(1));
  });

  test('starts while Telegram is away, and listens when it is back', async () => {
    const at = await scene();
    at.server.faults.outage = true;
    await at.start();
    await eventually(() => expect(at.platform.healthy().detail).toContain('trying again'));
    at.server.faults.outage = false;
    type(at);
    await eventually(() => expect(at.inputs).toHaveLength(1));
  });

  test('answers of a proxy, 5xx and a poll that hangs are outlived', async () => {
    const at = await scene({ timings: { pollSeconds: 0, callSeconds: 1 } });
    await at.start();
    at.server.faults.garble({ method: 'getUpdates', times: 2 });
    at.server.faults.refuse(502, 'Bad Gateway', { method: 'getUpdates', times: 2 });
    at.server.faults.refuse(429, 'Too Many Requests: retry after 1', { method: 'getUpdates' });
    type(at);
    await eventually(() => expect(at.inputs).toHaveLength(1), { timeoutMs: 10_000 });
  });

  test('is red while it is deaf, and green when it hears again', async () => {
    const at = await scene({ timings: { deafAfter: 200 } });
    await at.start();
    await eventually(() => expect(at.platform.healthy().detail).toContain('heard'));
    at.server.faults.outage = true;
    await eventually(() => expect(at.platform.healthy().ok).toBe(false));
    await eventually(() => expect(at.platform.healthy().detail).toMatch(/^deaf for \d+ s: Telegram does not answer/));
    at.server.faults.outage = false;
    await eventually(() => expect(at.platform.healthy().ok).toBe(true));
  });

  test('a webhook of somebody else is left alone, and named; an own one of before is removed', async () => {
    const at = await scene();
    at.server.webhook.set('https://prod.example.com/telegram/webhook', 's');
    await at.start();
    await eventually(() => expect(at.platform.healthy().detail).toContain('a webhook is set for this bot'));
    expect(at.server.webhook.info().url).toBe('https://prod.example.com/telegram/webhook');
    at.memory.values.set('webhook', 'https://prod.example.com/telegram/webhook');
    await eventually(() => expect(at.server.webhook.info().url).toBe(''));
    await eventually(() => expect(at.platform.healthy().ok).toBe(true));
  });

  test('a restart takes an update again under the same id', async () => {
    const at = await scene();
    await at.start();
    const update = type(at);
    await eventually(() => expect(at.inputs).toHaveLength(1));
    await at.platform.stop();
    at.server.queue.again(update ?? 0);
    const seen: string[] = [];
    await at.another().start(createTestDesk(async ({ id }) => void seen.push(id)));
    await eventually(() => expect(seen).toEqual([String(update)]));
    expect(at.inputs[0]?.id).toBe(String(update));
  });
});

describe('one process of several polls', () => {
  const polls = ({ server }: Scene) => server.calls.filter(({ method }) => method === 'getUpdates').length;

  test('who does not lead rests, and is healthy; it still writes', async () => {
    const at = await scene();
    at.leading.now = false;
    await at.start();
    await eventually(() =>
      expect(at.platform.healthy()).toEqual({ ok: true, detail: 'another process listens to Telegram' }),
    );
    await at.platform.post(String(GROUP), CARD, { key: 'a', urgency: 0 });
    expect(at.server.written(GROUP)).toHaveLength(1);
    expect(polls(at)).toBe(0);
  });

  test('begins when it leads and ends when it does so no more', async () => {
    const at = await scene();
    at.leading.now = false;
    await at.start();
    at.leading.now = true;
    type(at);
    await eventually(() => expect(at.inputs).toHaveLength(1));
    at.leading.now = false;
    await eventually(() => expect(at.platform.healthy().detail).toContain('another process'));
    const before = polls(at);
    type(at);
    await at.platform.post(String(GROUP), CARD, { key: 'b', urgency: 0 });
    expect(polls(at)).toBe(before);
  });

  test('while nobody can tell who leads, it stays as it is', async () => {
    const at = await scene();
    const platform = at.another();
    await at.start();
    await eventually(() => expect(polls(at)).toBeGreaterThan(0));
    expect(platform.healthy().ok).toBe(true);
    Object.defineProperty(at.leading, 'now', {
      get() {
        throw new Error('the database is away');
      },
    });
    type(at);
    await eventually(() => expect(at.inputs).toHaveLength(1));
  });
});

describe('secrets', () => {
  test('neither logs nor errors nor health carry the token', async () => {
    const at = await scene({ timings: { deafAfter: 50 } });
    const secret = at.server.token.split(':')[1] ?? '';
    await at.start();
    const errors: string[] = [];
    const attempt = (key: string) =>
      at.platform.post(String(GROUP), CARD, { key, urgency: 0 }).catch((error: unknown) => {
        errors.push(`${error} ${JSON.stringify(error)} ${error instanceof Error ? error.stack : ''}`);
      });
    at.server.faults.refuse(400, 'Bad Request: something else', { method: 'sendMessage' });
    await attempt('a');
    at.server.faults.garble({ method: 'sendMessage' });
    await attempt('b');
    at.server.faults.outage = true;
    await attempt('c');
    await eventually(() => expect(at.platform.healthy().ok).toBe(false));
    expect(errors).toHaveLength(3);
    const said = [...errors, JSON.stringify(at.logs), at.platform.healthy().detail].join();
    expect(said).not.toContain(secret);
  });
});

describe('command menus', () => {
  test('are set by scope in both languages, and not again after a restart', async () => {
    const memory = createTestMemory();
    const at = await scene({ memory });
    at.server.faults.refuse(500, 'Internal Server Error', { method: 'setMyCommands', times: 2 });
    await at.start();
    await eventually(() => expect(at.server.menus.size).toBe(6));
    const names = (scope: string) => at.server.menus.get(scope)?.map(({ command }) => command);
    expect(names('default')).toEqual(['help', 'status']);
    for (const scope of ['all_private_chats', 'all_group_chats', 'all_group_chats ru'])
      expect(names(scope)).toEqual(['recover', 'help', 'status']);
    await eventually(() => expect(memory.values.has('menus')).toBe(true));
    const before = at.server.calls.filter(({ method }) => method === 'setMyCommands').length;
    const second = at.another();
    await second.start(createTestDesk());
    await eventually(() => expect(second.healthy().detail).toContain('listens'));
    expect(at.server.calls.filter(({ method }) => method === 'setMyCommands')).toHaveLength(before);
  });
});
