import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Mistake } from '../../../../src/bot/commands/mistake.js';
import { refusalIn } from '../../../../src/bot/explain.js';
import { wordsOf } from '../../../../src/bot/words/languages.js';
import { type DecidePorts, decide } from '../../../../src/engine/approvals/decide.js';
import type { Because } from '../../../../src/engine/model/because.js';
import { InvalidInput, NotFound, UserError } from '../../../../src/engine/model/errors.js';
import type { Person, Principal } from '../../../../src/engine/model/person.js';
import { approval, NOW, recoveryView } from '../../../support/recovery-view.js';

const [EN, RU] = [wordsOf('en'), wordsOf('ru')];
const russian = (because: Because) => refusalIn(RU, new UserError('conflict', 'English.', {}, because));
const recovery = 'R-41';
const can = ['Ли', 'Макс'];

/** One of each kind; the compiler knows when one is missing. */
const KINDS: { [K in Because['kind']]: Because & { kind: K } } = {
  plan_changed: { kind: 'plan_changed', recovery },
  hardly_seen: { kind: 'hardly_seen', recovery, digest: '7f3a91c2' },
  question_replaced: { kind: 'question_replaced', recovery },
  no_such_question: { kind: 'no_such_question', recovery },
  not_asking: { kind: 'not_asking', recovery },
  cancel_kept: { kind: 'cancel_kept', recovery: 'R-12' },
  no_recovery: { kind: 'no_recovery', recovery },
  too_late_to_cancel: { kind: 'too_late_to_cancel', recovery },
  changed_meanwhile: { kind: 'changed_meanwhile', recovery },
  question_expired: { kind: 'question_expired', recovery, agoMs: 90_000 },
  question_closed: { kind: 'question_closed', recovery, state: 'rejected' },
  decided_already: { kind: 'decided_already', by: 'Ли', verdict: 'approve', agoMs: 12_000 },
  voted_already: { kind: 'voted_already', recovery, verdict: 'approve', agoMs: 12_000, wanted: 'reject' },
  no_person: { kind: 'no_person', can },
  own_plan: { kind: 'own_plan', can },
  own_token: { kind: 'own_token', token: 'token:ci', can },
  lacks_role: { kind: 'lacks_role', recovery, role: 'approver', can },
  role_needed: { kind: 'role_needed', deed: 'start a recovery', needed: ['responder', 'bootstrap'], roles: ['viewer'] },
  misfit: { kind: 'misfit', recovery, misfit: 'has ended already', state: 'SUCCEEDED' },
  other_steps: { kind: 'other_steps', recovery, seen: [1], waiting: [2] },
  changed_after: { kind: 'changed_after', recovery, service: 'α', other: 'R-8' },
  too_late_to_undo: { kind: 'too_late_to_undo', recovery, agoMs: 7_200_000, withinMs: 3_600_000 },
  nothing_to_retry: { kind: 'nothing_to_retry', recovery, service: 'α' },
  beside_another: { kind: 'beside_another', recovery, service: 'α', other: 'R-42', state: 'IN_PROGRESS' },
  under_way: { kind: 'under_way', recovery, service: 'α', plan: 'β', state: 'SCHEDULED', place: 2, by: 'Анна' },
  no_breaker: { kind: 'no_breaker', service: 'α' },
  only_people_rate: { kind: 'only_people_rate' },
  not_ended: { kind: 'not_ended', recovery, state: 'ROLLING_BACK' },
  nothing_ran: { kind: 'nothing_ran', recovery },
  note_length: { kind: 'note_length', characters: 1_200, most: 1_000 },
  notes_full: { kind: 'notes_full', recovery, most: 50 },
  no_note: { kind: 'no_note', recovery, note: 2 },
  not_your_note: { kind: 'not_your_note', author: 'Ли' },
  no_plan: {
    kind: 'no_plan',
    service: 'α',
    runtime: 'β',
    remedies: { strategies: [], match: '{ services: [α] }', command: 'reviver runbook new' },
  },
  no_pager: { kind: 'no_pager' },
  constitution: { kind: 'constitution', why: 'the constitution protects σέρβις: no step may touch it' },
  no_drill: { kind: 'no_drill', service: 'σέρβις', lacks: 'check' },
  no_incident: { kind: 'no_incident', incident: 'I-3' },
  not_found: { kind: 'not_found', what: 'service', name: 'α', suggestion: 'β' },
};

describe('a refusal in Russian', () => {
  test.each(Object.entries(KINDS))('%s has no English in it', (_, because) => {
    const said = russian(because).replace(/[RI]-\d+|`[^`]*`|\((?:viewer|responder|approver|lead|bootstrap)\)/g, '');
    expect(said).toMatch(/[А-Яа-я]/);
    expect(said).not.toMatch(/[A-Za-z]/);
  });

  test('reads as people expect', () => {
    expect(russian(KINDS.own_plan)).toBe('Вы сами запросили этот план, одобрить должен кто-то другой: Ли или Макс.');
    expect(russian(KINDS.decided_already)).toBe('Уже одобрено 12,0 с назад: Ли. Ничего не изменилось.');
    expect(russian(KINDS.role_needed)).toBe(
      'Вам нельзя запускать восстановление: нужна роль дежурный (responder) или аварийный доступ (bootstrap). Ваши роли: наблюдатель (viewer).',
    );
  });

  test('comes from the engine, which gives its reason beside its sentence', async () => {
    const asked = approval({ requestedBy: 'Анна' });
    const snapshot = recoveryView({ recovery: { state: 'AWAITING_APPROVAL' } });
    const store: DecidePorts['store'] = {
      approvals: async () => [asked],
      load: async () => snapshot,
      decide: async (_id, judge) => {
        const verdict = judge(asked, snapshot, NOW);
        if (verdict.kind !== 'refused') throw new Error('it was not refused');
        return verdict;
      },
    };
    const people: Person[] = ['Анна', 'Ли', 'Макс'].map((name) => ({ name, roles: ['approver'], ids: {} }));
    const who: Principal = { name: 'Анна', roles: ['approver'], human: true, via: 'console' };
    const refused = await decide(
      41,
      'approve',
      who,
      {},
      { store, people, useWithinMs: 1, undoOf: () => undefined },
    ).catch((error) => error);
    expect(refused.message).toBe('You asked for this plan, so someone else must approve it. Ли and Макс can.');
    expect(refusalIn(RU, refused)).toBe('Вы сами запросили этот план, одобрить должен кто-то другой: Ли или Макс.');
  });

  test('is the English sentence, whole, where there is no Russian one', () => {
    for (const error of [new InvalidInput('priority', 11, 'less'), new NotFound('unheard-of thing', 'x')])
      expect(refusalIn(RU, error)).toBe(error.message);
  });

  test('tells that the database is away', () => {
    const away = new UserError('unavailable', "Reviver's database does not answer (x).", { part: 'postgres' });
    expect([refusalIn(EN, away), refusalIn(RU, away)]).toEqual([away.message, 'База данных бота не отвечает.']);
  });

  test('of chat itself is English in the log and for the audit', () => {
    const mistake = new Mistake('not_found', ({ mistakes }) => mistakes.neitherNor('rediss', ['redis']));
    expect(mistake.message).toBe('"rediss" is neither a recovery such as R-12 nor a service. Did you mean redis?');
    expect(refusalIn(RU, mistake)).toBe(
      '«rediss» не восстановление вида R-12 и не сервис. Возможно, вы имели в виду redis?',
    );
  });
});

const CODES: Record<string, string> = {
  InvalidInput: 'invalid_input',
  NotPossibleNow: 'conflict',
  RecoveryConstitutionalError: 'constitution',
};

const QUOTES = ['"', "'", '`'];
const PAIRS: Record<string, string> = { '(': ')', '[': ']', '{': '}', '"': '"', "'": "'", '`': '`' };

/** Reads the arguments of each `new UserError(` and its kin; three or fewer say that no other language can be spoken. */
describe('errors of the engine that are English only', () => {
  const ENGINE = new URL('../../../../src/engine/', import.meta.url).pathname;
  const thrown = readdirSync(ENGINE, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('model/errors.ts'))
    .flatMap((file) => callsIn(readFileSync(join(ENGINE, file), 'utf8')));

  test('have these codes; a new one needs Russian words, or a place in this list', () => {
    expect([...new Set(thrown.filter(({ args }) => args.length < 4).map(({ code }) => code))].sort()).toEqual([
      'conflict',
      'constitution',
      'invalid_input',
      // What PUT /policies refuses: programs read it.
      'precondition_failed',
      // What POST /execute refuses: programs read it.
      'stale',
      'too_large',
      // What the library's `protect` throws: programs read it.
      'unavailable',
    ]);
  });

  test('and never concern who may do what', () => {
    const forbidden = thrown.filter(({ args }) => /'forbidden'|refusalCode/.test(args[0] ?? ''));
    expect(forbidden.length).toBeGreaterThan(1);
    for (const { args } of forbidden) expect(args).toHaveLength(4);
  });
});

interface Call {
  code: string;
  args: string[];
}

function callsIn(source: string): Call[] {
  return [...source.matchAll(/new (UserError|InvalidInput|NotPossibleNow|RecoveryConstitutionalError)\(/g)].map(
    (match) => {
      const args = argumentsFrom(source, match.index + match[0].length);
      return { args, code: CODES[match[1] ?? ''] ?? args[0]?.replaceAll("'", '') ?? '' };
    },
  );
}

/** The arguments of a call, from behind its bracket; what stands within texts and templates separates none. */
function argumentsFrom(source: string, start: number): string[] {
  const args = [''];
  const open: string[] = [];
  for (let i = start; i < source.length; i++) {
    const c = source.charAt(i);
    const within = open.at(-1) ?? '';
    if (open.length === 0 && c === ')') break;
    if (open.length === 0 && c === ',') args.push('');
    else args[args.length - 1] += c;
    if (c === '\\') i++;
    else if (c === within) open.pop();
    else if (within === '`') {
      if (c === '{' && source[i - 1] === '$') open.push('}');
    } else if (!QUOTES.includes(within) && c in PAIRS) open.push(PAIRS[c] ?? '');
  }
  return args.map((arg) => arg.trim()).filter((arg) => arg !== '');
}
