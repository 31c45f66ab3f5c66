import { describe, expect, test } from '@jest/globals';
import { ANN, GROUP, LEE, type Scene } from '../../platforms/telegram/scene.js';
import { withTelegram } from '../../platforms/telegram/with-telegram.js';
import { createTestDesk } from '../../support/desk.js';
import { eventually } from '../../support/eventually.js';

const scene = withTelegram({ webhook: true });

const setCalls = ({ server }: Scene) => server.calls.filter(({ method }) => method === 'setWebhook');
const SECRET = 'x-telegram-bot-api-secret-token';

async function deliver(at: Scene, headers: Record<string, string>, body = '{"update_id":1}', method = 'POST') {
  await eventually(() => at.server.webhook.info().url);
  const response = await fetch(at.server.webhook.info().url, {
    method,
    headers,
    ...(method === 'POST' ? { body } : {}),
  });
  return response.status;
}

describe('the webhook of Telegram', () => {
  test('is set with the secret and the kinds of updates, and tried again while Telegram is away', async () => {
    const at = await scene();
    at.server.faults.outage = true;
    await at.start();
    await eventually(() => expect(at.platform.healthy().detail).toContain('trying again'));
    at.server.faults.outage = false;
    await eventually(() => expect(setCalls(at)).toHaveLength(1));
    expect(setCalls(at)[0]?.parameters).toMatchObject({
      secret_token: 'a-secret-word',
      allowed_updates: ['message', 'callback_query', 'my_chat_member'],
    });
    await eventually(() => expect(at.platform.healthy().detail).toContain('listens as'));
    expect(at.server.calls.map(({ method }) => method)).not.toContain('getUpdates');
  });

  test('takes nothing without the secret', async () => {
    const at = await scene();
    await at.start();
    const update = JSON.stringify({ update_id: 1, message: { text: '/recover redis' } });
    for (const headers of [{}, { [SECRET]: '' }, { [SECRET]: 'a-secret-wore' }, { [SECRET]: 'a-secret-word-and-more' }])
      expect(await deliver(at, headers as Record<string, string>, update)).toBe(401);
    expect(at.inputs).toEqual([]);
  });

  test('takes nothing but a POST of a bearable size, and lets what is no update not come again', async () => {
    const at = await scene();
    await at.start();
    const headers = { [SECRET]: 'a-secret-word' };
    expect(await deliver(at, headers, '', 'GET')).toBe(405);
    expect(await deliver(at, headers, '{nonsense')).toBe(200);
    expect(await deliver(at, headers, '[]')).toBe(200);
    const big = await deliver(at, headers, 'x'.repeat(2 * 1024 * 1024)).catch(() => 'cut off');
    expect([413, 'cut off']).toContain(big);
    expect(at.inputs).toEqual([]);
  });

  test('is timed, and counted when it is late', async () => {
    const at = await scene({ timings: { lateAfter: 50 } });
    let stored = (): void => {};
    const timed: string[] = [];
    await at.start({
      ...createTestDesk(),
      accept: async () => {
        await new Promise<void>((resolve) => (stored = resolve));
        return { fresh: true, handled: Promise.resolve() };
      },
      timing: {
        answered: (tookMs) => void timed.push(`answered after ${tookMs >= 50 ? 50 : 0}`),
        late: () => void timed.push('late'),
      },
    });
    await eventually(() => at.server.webhook.info().url);
    at.server.people.type(ANN, GROUP, '/recover redis');
    await eventually(() => expect(timed).toEqual(['late']));
    stored();
    await eventually(() => expect(timed).toEqual(['late', 'answered after 50']));
  });

  test('says 200 only when the input is stored', async () => {
    const at = await scene();
    let stored = (): void => {};
    await at.start({
      ...createTestDesk(),
      accept: async (input) => {
        at.inputs.push(input);
        await new Promise<void>((resolve) => (stored = resolve));
        return { fresh: true, handled: Promise.resolve() };
      },
    });
    await eventually(() => at.server.webhook.info().url);
    at.server.people.type(ANN, GROUP, '/recover redis');
    await eventually(() => expect(at.inputs).toHaveLength(1));
    expect(at.server.webhook.deliveries()).toEqual([]);
    stored();
    await eventually(() => expect(at.server.webhook.deliveries()).toMatchObject([{ status: 200 }]));
  });

  test('delivered again after a failure, it is one input; another chat does not wait for it', async () => {
    const at = await scene({ webhookRetryMs: 400 });
    at.server.webhook.set('http://127.0.0.1:9/telegram/webhook', 'a-secret-word');
    const first = at.server.people.type(ANN, GROUP, '/recover redis');
    await eventually(() => expect(at.server.webhook.deliveries()).toMatchObject([{ status: 0 }]));
    await at.start();
    await eventually(() => expect(at.platform.healthy().detail).toContain('listens'));
    at.server.people.type(LEE, LEE, '/status');
    await eventually(() => expect(at.inputs.map(({ text }) => text)).toEqual(['status']));
    await eventually(() => expect(at.inputs.map(({ text }) => text)).toEqual(['status', 'redis']));
    at.server.queue.again(first ?? 0);
    await eventually(() =>
      expect(at.server.webhook.deliveries().filter(({ status }) => status === 200)).toHaveLength(3),
    );
    expect(at.inputs).toHaveLength(2);
  });

  test('before the bot is started, and while it is not known who it is, Telegram shall come again', async () => {
    const at = await scene();
    at.server.webhook.set('http://127.0.0.1:9/', undefined);
    at.server.faults.outage = true;
    await at.start();
    at.server.faults.refuse(502, 'Bad Gateway', { method: 'getMe', times: 3 });
    at.server.faults.outage = false;
    await eventually(() => expect(at.platform.healthy().detail).toContain('listens as'));
    at.server.people.type(ANN, GROUP, '/recover@reviver_test_bot redis');
    await eventually(() => expect(at.inputs).toHaveLength(1));
  });

  test('taken away by another program, it is set again', async () => {
    const at = await scene();
    await at.start();
    await eventually(() => expect(setCalls(at)).toHaveLength(1));
    const { url } = at.server.webhook.info();
    at.server.webhook.set('', undefined);
    await eventually(() => expect(at.server.webhook.info().url).toBe(url));
    at.server.people.type(ANN, GROUP, '/recover redis');
    await eventually(() => expect(at.inputs).toHaveLength(1));
  });

  test('is red while Telegram cannot deliver, and green afterwards', async () => {
    const at = await scene({ webhookRetryMs: 20 });
    let down = true;
    const desk = createTestDesk();
    await at.start({
      ...desk,
      accept: async (input) => {
        if (down) await new Promise(() => {});
        return desk.accept(input);
      },
    });
    await eventually(() => expect(at.platform.healthy().detail).toContain('listens'));
    const { url } = at.server.webhook.info();
    at.server.webhook.set('http://127.0.0.1:9/', 'a-secret-word');
    at.server.people.type(ANN, GROUP, '/recover redis');
    await eventually(() => expect(at.server.webhook.info().last_error_message).toBeDefined());
    down = false;
    await eventually(() => expect(at.server.webhook.info().url).toBe(url));
    await eventually(() => expect(at.platform.healthy()).toMatchObject({ ok: true }));
    await eventually(() => expect(at.server.queue.waiting()).toEqual([]));
  });
});
