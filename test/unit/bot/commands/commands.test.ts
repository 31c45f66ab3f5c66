import { describe, expect, test } from '@jest/globals';
import type { Answer, Command, CommandContext } from '../../../../src/bot/commands/command.js';
import { summaryOf, usageLine } from '../../../../src/bot/commands/command.js';
import { Mistake } from '../../../../src/bot/commands/mistake.js';
import { parseCommand, runCommand } from '../../../../src/bot/commands/run-command.js';
import { suggest } from '../../../../src/bot/commands/suggest.js';
import { COMMANDS } from '../../../../src/bot/commands/table.js';
import type { Card, Language } from '../../../../src/bot/port.js';
import { renderCard } from '../../../../src/bot/terminal/render-card.js';
import { anEscalation } from '../../../support/an-escalation.js';
import { commandContext } from '../../../support/command-context.js';
import { createFakeEngine, type FakeEngine } from '../../../support/fake-engine.js';
import { expectGolden } from '../golden.js';

function context(engine: FakeEngine, name = 'Ann', language: Language = 'en'): CommandContext {
  const roles = engine.people().find((person) => person.name === name)?.roles ?? [];
  return commandContext(engine, { name, roles, language, now: new Date() });
}

async function refused(text: string, engine = createFakeEngine()): Promise<Mistake> {
  const error = await runCommand(text, context(engine)).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Mistake)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

describe('/recover', () => {
  test('hands service, parameters and options to the engine', async () => {
    const engine = createFakeEngine();
    const answer = await runCommand(
      'redis backup=redis_weekly —strategy restart --priority 2 --reason “cache is stale”',
      context(engine),
    );
    expect(answer).toEqual({ show: 1 });
    expect(engine.calls).toEqual([
      'recover {"service":"redis","strategy":"restart","params":{"backup":"redis_weekly"},"reason":"cache is stale","priority":2} by Ann',
    ]);
  });

  test('a runbook stands for its only service', async () => {
    const engine = createFakeEngine();
    await runCommand('redis_outage', context(engine));
    expect(engine.calls[0]).toContain('{"service":"redis","runbook":"redis_outage"}');
  });

  test('a service wins over a runbook of the same name', async () => {
    const engine = createFakeEngine();
    await runCommand('shop-web', context(engine));
    expect(engine.calls[0]).toContain('{"service":"shop-web"}');
  });

  test('a runbook of several services asks which one', async () => {
    const { message, wayOut } = await refused('cold_start');
    expect(message).toBe(
      'Runbook cold_start fits redis, shop-web: say which one, as in /recover redis --runbook cold_start',
    );
    expect(wayOut.map(({ command }) => command)).toEqual([
      'redis --runbook cold_start',
      'shop-web --runbook cold_start',
    ]);
  });

  test('an unknown word is guessed, and the guess is only offered', async () => {
    const engine = createFakeEngine();
    const { message, wayOut } = await refused('rediss --reason "so slow"', engine);
    expect(message).toBe('No service, runbook or command "rediss". Did you mean redis?');
    expect(wayOut).toEqual([{ label: 'Recover redis', command: 'redis --reason "so slow"' }]);
    expect(engine.calls).toEqual([]);
  });

  test('a slip in a sub-command is guessed, too, without a button', async () => {
    const { message, wayOut } = await refused('staus');
    expect(message).toBe('No service, runbook or command "staus". Did you mean status?');
    expect(wayOut).toEqual([]);
  });

  test('alone, it gives a form with a button for each service', async () => {
    const { card } = await runCommand('', context(createFakeEngine()));
    expect(card?.buttons.map(({ command }) => command)).toEqual([
      'billing-db',
      'redis',
      'redis_outage_twin',
      'shop-web',
    ]);
  });

  test('the same request again says who asked, and starts nothing', async () => {
    const engine = createFakeEngine();
    await runCommand('redis', context(engine));
    const { show, card } = await runCommand('redis', context(engine, 'Lee'));
    expect(show).toBe(1);
    expect(card?.title).toMatch(
      /^R-1 does the same for redis already: Ann asked \d s ago\. Nothing was started twice\.$/,
    );
  });

  test('--dry-run and plan only plan', async () => {
    const engine = createFakeEngine();
    const answers: Answer[] = [];
    for (const text of ['redis --dry-run backup=b', 'plan redis backup=b'])
      answers.push(await runCommand(text, context(engine)));
    expect(engine.calls).toEqual(Array(2).fill('plan {"service":"redis","params":{"backup":"b"}}'));
    for (const { card } of answers) expect(card?.buttons).toEqual([{ label: 'Recover', command: 'redis backup=b' }]);
  });

  test.each([
    ['redis --priority 11', /^priority: "11" is not allowed; expected a whole number from 1/],
    ['redis --stratgy restart', /^Unknown option --stratgy\. Did you mean --strategy\?$/],
    ['redis --reason', /^--reason needs a value/],
    ['redis a=1 a=2', /^a= is given twice/],
    ['redis --dry-run=yes', /^--dry-run takes no value/],
    ['redis web', /"web" is one word too many; write \/recover <service\|runbook>/],
  ])('%s is refused before anything runs', async (text, message) => {
    const engine = createFakeEngine();
    await expect(runCommand(text, context(engine))).rejects.toThrow(message);
    expect(engine.calls).toEqual([]);
  });
});

describe('sub-commands', () => {
  test('a digest is taken as the card shows it', async () => {
    const engine = createFakeEngine();
    await runCommand('redis', context(engine));
    const { card } = await runCommand('approve R-1 7f3a·91c2', context(engine, 'Lee'));
    expect(card?.title).toBe('Approved. R-1 goes on.');
  });

  test('a wrong digest never reaches the engine', async () => {
    const engine = createFakeEngine();
    await runCommand('redis', context(engine));
    const { message } = await refused('approve R-1 7f3a', engine);
    expect(message).toContain('"7f3a" is not a plan digest');
    expect(engine.calls).toHaveLength(1);
  });

  test('a service stands for its running recovery', async () => {
    const engine = createFakeEngine();
    await runCommand('redis', context(engine));
    await runCommand('cancel redis', context(engine));
    expect(engine.calls[1]).toBe('cancel R-1 by Ann');
  });

  test('mark-done, rollback, retry, escalate and ack reach the engine by their verbs', async () => {
    const engine = createFakeEngine();
    await runCommand('redis', context(engine));
    for (const word of ['mark-done', 'rollback', 'retry', 'escalate', 'ack'])
      await runCommand(`${word} r-1`, context(engine));
    expect(engine.calls.slice(1).map((call) => call.split(' ')[0])).toEqual([
      'mark_done',
      'rollback',
      'retry',
      'escalate',
      'ack',
    ]);
  });

  test('without a recovery, those under way are named', async () => {
    const engine = createFakeEngine();
    await runCommand('redis', context(engine));
    expect((await refused('cancel', engine)).message).toBe(
      'Say which recovery, as in /recover cancel R-12. Under way: R-1 (redis).',
    );
  });

  test('whoami says what one may do', async () => {
    const { card } = await runCommand('whoami', context(createFakeEngine()));
    expect(card?.title).toBe('You are Ann, on console.');
    expect(card?.lines).toContain('approver: you may approve plans that you did not ask for');
  });

  test('whoami says it in Russian', async () => {
    const { card } = await runCommand('whoami', context(createFakeEngine(), 'Ann', 'ru'));
    expect(card?.title).toBe('Вы: Ann, платформа console.');
    expect(card?.lines).toContain('approver: вам можно одобрять планы, которые запросили не вы');
  });

  test('in Russian, what the engine did is told from what it left behind', async () => {
    const engine = createFakeEngine();
    const said = async (text: string, name = 'Ann') =>
      (await runCommand(text, context(engine, name, 'ru'))).card?.title;
    await said('redis');
    expect(await said('approve R-1', 'Lee')).toBe('R-1 одобрено и начнётся, как только освободится воркер.');
    expect(await said('escalate R-1')).toBe('R-1: эскалировано, позовут следующих людей.');
    expect(await said('cancel R-1')).toBe('R-1 останавливается: текущий шаг прерывается, новые не начнутся.');
    expect(await said('redis', 'Lee')).toMatch(/^R-1 уже делает то же для redis, запрошено \d с назад: Ann\./);
  });

  test('secrets in a reason reach neither the engine nor its log', async () => {
    const engine = createFakeEngine();
    await runCommand('redis --reason "its password=hunter2 was changed"', context(engine));
    expect(engine.calls[0]).toContain('"reason":"its password=••• was changed"');
  });
});

const NO_CARD: Card = { tone: 'neutral', title: '', lines: [], buttons: [] };

describe('help', () => {
  test('tells how commands are typed on this platform', async () => {
    const howToType = (language: Language) => (language === 'ru' ? 'Пишите так.' : 'Type it so.');
    const platforms = [{ name: 'console', healthy: () => ({ ok: true, detail: '' }), howToType }];
    const surroundings = { platforms, incidents: {}, groups: [] };
    for (const language of ['en', 'ru'] as const) {
      const { card } = await runCommand('help', { ...context(createFakeEngine(), 'Ann', language), surroundings });
      expect(card?.footer?.at(-1)).toBe(howToType(language));
    }
  });

  test.each(['en', 'ru'] as const)('is made from the table, in %s', async (language) => {
    const { card } = await runCommand('help', context(createFakeEngine(), 'Ann', language));
    const shown = renderCard(card ?? NO_CARD, { colour: false, width: 200 });
    expectGolden(`help.${language}`, shown);
    // Summaries are in that language; what is typed is the same everywhere.
    for (const command of COMMANDS) expect(shown).toContain(`${usageLine(command)} — ${summaryOf(command, language)}`);
  });

  test.each(COMMANDS.map((command): [string, Command] => [command.name, command]))(
    '%s has an example that it understands itself',
    async (name, command) => {
      expect(parseCommand(command.example, COMMANDS).command.name).toBe(name);
      const { card } = await runCommand(`help ${name}`, context(createFakeEngine()));
      expect(card?.title).toBe(usageLine(command));
      expect(card?.lines.join(' ')).toContain(`/recover ${command.example}`);
    },
  );

  test('guesses a command', async () => {
    expect((await refused('help aprove')).message).toBe(
      'No command "aprove". Did you mean approve? `/recover help` lists them.',
    );
  });
});

describe('suggestions', () => {
  test.each([
    ['rediss', ['redis', 'web'], ['redis']],
    ['erdis', ['redis'], ['redis']],
    ['red', ['redis', 'redis-cache'], ['redis', 'redis-cache']],
    ['xyz', ['redis', 'web'], []],
    ['a', ['b', 'c'], []],
  ])('%s among %j means %j', (word, known, guesses) => expect(suggest(word, known)).toEqual(guesses));
});

describe('who is called', () => {
  test('is asked by oncall, and tested by oncall test', async () => {
    const engine = createFakeEngine();
    expect((await runCommand('oncall', context(engine))).card?.title).toBe('Who is called when a service needs people');
    expect((await runCommand('oncall test', context(engine))).card?.title).toContain(
      'E-6: everybody that pagers reach',
    );
  });

  test('is nobody else after ack E-5, also when that is said twice', async () => {
    const engine = createFakeEngine();
    engine.setEscalation(anEscalation());
    for (const _ of [1, 2])
      expect((await runCommand('ack E-5', context(engine))).card?.title).toBe(
        'Ann looks after E-5, redis; nobody else is called.',
      );
    await expect(runCommand('ack E-6', context(engine))).rejects.toThrow('No escalation "E-6".');
  });
});
