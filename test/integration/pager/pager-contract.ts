import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Pager } from '../../../src/pager/pager.js';
import { someNews } from '../../support/some-news.js';

/** One way to reach people, and the receiver that it talks to. */
export interface Stage {
  pager: Pager;
  target: string;
  /** What has arrived, as text: all that a person or a program would see. */
  arrived(): string[];
  /** The next delivery is refused for now, and the receiver says when to come back where it can. */
  busy(): void;
  /** The next delivery is taken, and its answer is lost. */
  lost(): void;
  /** The next delivery gets no answer. */
  hang(): void;
  /** The same pager for a receiver that is not there. */
  away(): Promise<{ pager: Pager; target: string }>;
  /** The same pager with credentials or a target that the receiver does not take. */
  wrong(): { pager: Pager; target: string };
  /** Nothing that people read may have these in it. */
  secrets: string[];
  close(): Promise<void>;
}

const NASTY = `<img src=x onerror=alert(1)>&"'\r\nBcc: eve@example.com\u202e ${'длинно '.repeat(400)}`;

/** What every pager must do. */
export function pagerContract(name: string, start: () => Promise<Stage>): void {
  describe(`the pager ${name}`, () => {
    let stage: Stage;
    const never = new AbortController().signal;
    const send = (over = {}) => stage.pager.send(someNews(over), stage.target, never);
    beforeEach(async () => {
      stage = await start();
    });
    afterEach(async () => {
      await stage.close();
    });

    test('says which service needs people, and why', async () => {
      await send();
      expect(stage.arrived()).toHaveLength(1);
      expect(stage.arrived()[0]).toContain('E-5');
      expect(stage.arrived()[0]).toContain('redis');
      expect(stage.arrived()[0]).toContain('connection refused');
    });

    test.each(['acknowledge', 'resolve'] as const)('hears of the %s after its trigger', async (action) => {
      await send();
      await send({ action, key: `page:E-5:1:${action}`, by: 'Ann' });
      expect(stage.arrived()).toHaveLength(2);
    });

    test('takes any words: long ones, signs of markup, line breaks and Russian', async () => {
      await send({ reason: NASTY });
      await send({ reason: NASTY, language: 'ru', key: 'page:E-5:2' });
      expect(stage.arrived()).toHaveLength(2);
    });

    test('asks for another try when the receiver is busy, and arrives then', async () => {
      stage.busy();
      await expect(send()).rejects.toMatchObject({ name: 'NotDelivered', again: true });
      await send();
      expect(stage.arrived().length).toBeGreaterThan(0);
    });

    test('asks for another try when the answer is lost', async () => {
      stage.lost();
      await expect(send()).rejects.toMatchObject({ name: 'NotDelivered', again: true });
    });

    test('asks for another try when nobody is there', async () => {
      const { pager, target } = await stage.away();
      await expect(pager.send(someNews(), target, never)).rejects.toMatchObject({ name: 'NotDelivered', again: true });
    });

    test('gives up what can never be taken, and says why', async () => {
      const { pager, target } = stage.wrong();
      await expect(pager.send(someNews(), target, never)).rejects.toMatchObject({ name: 'NotDelivered', again: false });
    });

    test('can be looked at without anybody being told', async () => {
      const { tried } = await stage.pager.examine(never);
      expect(stage.arrived()).toEqual([]);
      if (!tried) return;
      const { pager } = await stage.away();
      await expect(pager.examine(never)).rejects.toMatchObject({ name: 'NotDelivered' });
    });

    test('is not waited for when Reviver ends', async () => {
      stage.hang();
      const ending = new AbortController();
      const sent = stage.pager.send(someNews(), stage.target, ending.signal);
      setImmediate(() => ending.abort());
      await expect(sent).rejects.toMatchObject({ name: 'NotDelivered' });
    });

    test('tells no secret, whatever goes wrong', async () => {
      const { pager, target } = stage.wrong();
      const away = await stage.away();
      const said = await Promise.all([
        pager.send(someNews(), target, never).catch(String),
        away.pager.send(someNews(), away.target, never).catch(String),
      ]);
      await send();
      for (const secret of stage.secrets) expect([...said, ...stage.arrived()].join('\n')).not.toContain(secret);
    });
  });
}
