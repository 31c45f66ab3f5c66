import { describe, expect, test } from '@jest/globals';
import { Mistake } from '../../../../src/bot/commands/mistake.js';
import { parseCommand, runCommand } from '../../../../src/bot/commands/run-command.js';
import { COMMANDS } from '../../../../src/bot/commands/table.js';
import type { Language } from '../../../../src/bot/port.js';
import { commandContext } from '../../../support/command-context.js';
import { createFakeEngine, type FakeEngine } from '../../../support/fake-engine.js';
import { NOW, recoveryView } from '../../../support/recovery-view.js';

const context = (engine: FakeEngine, language: Language = 'en') => commandContext(engine, { language });

const ended = (id: number, service = 'redis') =>
  recoveryView({ recovery: { id, service, state: 'SUCCEEDED', endedAt: NOW, activeMs: 1_000 } });

function engineWith(...views: ReturnType<typeof ended>[]): FakeEngine {
  const engine = createFakeEngine();
  for (const view of views) engine.put(view);
  return engine;
}
const said = async (text: string, engine: FakeEngine, language?: Language) =>
  (await runCommand(text, context(engine, language))).card?.title;
const refused = async (text: string, engine: FakeEngine): Promise<Mistake> => {
  const error: unknown = await runCommand(text, context(engine)).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Mistake)) throw new Error(`not refused: ${String(error)}`);
  return error;
};

describe('/recover rate', () => {
  test('counts, can be changed, and says what it was', async () => {
    const engine = engineWith(ended(41));
    expect(await said('rate R-41 yes', engine)).toBe('Your vote counts: R-41 helped. Vote again to change it.');
    expect(await said('rate R-41 yes', engine)).toBe('You said yes to R-41 0 s ago. Nothing changed.');
    expect(await said('rate R-41 нет', engine)).toBe('Your vote on R-41 is no now; 0 s ago you said yes.');
    expect(await said('rate R-41 да', engine, 'ru')).toBe('Ваш голос о R-41 теперь «да»; 0 с назад было «нет».');
  });

  test('neither yes nor no offers both', async () => {
    const mistake = await refused('rate R-41 maybe', engineWith(ended(41)));
    expect(mistake.message).toBe(
      '"maybe" is neither yes nor no. Did it help? Write `/recover rate R-41 yes` or `/recover rate R-41 no`.',
    );
    expect(mistake.wayOut.map(({ command }) => command)).toEqual(['rate R-41 yes', 'rate R-41 no']);
  });
});

describe('/recover note', () => {
  test.each([
    ['note R-41 the disk was full', 'the disk was full'],
    ['note R-41 "the disk was full"', 'the disk was full'],
    ['note R-41 “the disk was full”', 'the disk was full'],
    [`note R-41 it's Lee's "old" disk --reason none a=b`, `it's Lee's "old" disk --reason none a=b`],
    ['  NOTE   R-41   two\nlines', 'two\nlines'],
    ['note R-41 "said" and "done"', '"said" and "done"'],
  ])('takes %s as it was typed', (typed, text) => {
    const { command, args } = parseCommand(typed, COMMANDS);
    expect([command.name, args.words, args.text]).toEqual(['note', ['R-41'], text]);
  });

  test('says its number, and how it is taken back', async () => {
    const engine = engineWith(ended(41));
    expect(await said('note R-41 the disk was full', engine)).toBe(
      'Note 1 stands at R-41. `/recover note R-41 --remove 1` takes it back.',
    );
    expect(await said('note R-41 —remove 1', engine)).toBe('Note 1 of R-41 is gone.');
  });

  test('without words says what to write', async () => {
    expect((await refused('note R-41', engineWith(ended(41)))).message).toBe(
      'Say what others should know, as in `/recover note R-41 the disk was full`.',
    );
  });

  test('with a control character is refused as everything else is', async () => {
    expect((await refused('note R-41 \u202Eevil', engineWith(ended(41)))).message).toContain('U+202E');
  });

  test('is shown by status and why', async () => {
    const engine = engineWith(ended(41));
    await said('note R-41 the disk was full', engine);
    for (const command of ['show R-41', 'status R-41', 'why R-41']) {
      const { card } = await runCommand(command, context(engine));
      expect(card?.lines.at(-1)).toMatch(/^Note 1, Ann .* ago: “the disk was full”$/);
    }
  });
});

describe('/recover history', () => {
  test('goes on page by page, and ends', async () => {
    const engine = engineWith(...Array.from({ length: 12 }, (_, n) => ended(n + 1, n === 3 ? 'shop-web' : 'redis')));
    const { card } = await runCommand('history', context(engine));
    expect(card?.lines).toHaveLength(10);
    expect(card?.buttons).toEqual([{ label: 'Older', command: 'history --before R-3' }]);
    const older = await runCommand('history --before R-3', context(engine));
    expect(older.card?.lines.map((line) => line.split(' ')[0])).toEqual(['R-2', 'R-1']);
    expect(older.card?.buttons).toEqual([]);
    expect((await runCommand('history shop-web', context(engine))).card?.lines).toEqual([
      'R-4 · 0 s ago · redis_outage · succeeded in 1.0 s, waited 59.0 s · Ann',
    ]);
  });

  test('a page before what is no recovery is a mistake', async () => {
    expect((await refused('history --before yesterday', engineWith())).message).toBe(
      '"yesterday" is neither a recovery such as R-12 nor a service.',
    );
  });
});
