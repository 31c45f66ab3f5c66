import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import '../../../support/fuzz.js';
import { retold, wordsOf } from '../../../../src/bot/words/languages.js';
import type { RecoveryStep } from '../../../../src/engine/model/recovery.js';
import { describeEvidence, evidenceFor, type PastOutcome } from '../../../../src/engine/planner/evidence.js';
import { planRisk } from '../../../../src/engine/planner/risk.js';
import { because } from '../../../../src/engine/recovery/settle.js';
import { aPlannedStep, aStep, calm, T0 } from '../../../support/builders.js';

const RU = wordsOf('ru');
const say = (phrase: string) => retold(RU, phrase);
/** Names in these tests are Greek, so that every Latin letter is English. */
const SERVICE = 'σέρβις';

const outcomes = fc.array(
  fc.record({
    id: fc.integer({ min: 1, max: 9_999 }),
    kind: fc.constant('runbook' as const),
    name: fc.constant('α'),
    succeeded: fc.boolean(),
    activeMs: fc.integer({ min: 0, max: 200_000_000 }),
    endedAt: fc.integer({ min: 0, max: 1e9 }).map((ms): PastOutcome['endedAt'] => new Date(+T0 - ms)),
  }),
  { maxLength: 12 },
);

test.each([
  'the drill was ended: cancelled by σ',
  'σ asks for a recovery in earnest',
  'the drill of this quarter',
  'noticed: σ',
  'the constitution σ cannot be read (1): make it readable for Reviver',
  'the constitution σ has the hash 00, the configuration names 11: one of them was changed. Let both name the same',
  'the constitution σ is not valid: σ. Put the pinned file back',
  'step "σ": the constitution forbids the action σ',
  'the constitution protects σ: no step may touch it',
  'the constitution protects σ: its policy is not set',
  'it is not what undoes its step: the stored step was edited. It was not begun',
  'the stored approval is not an answer about this plan: it was edited. Nothing ran',
  'Step 1 "σ" was not begun: σ',
  'σ. What was kept before is untouched; mend what it names, then press Recover again.',
])('%s has words of its own', (said) => {
  expect(say(said)).not.toBe(said);
  expect(say(said).replace(/Recover|Reviver/, '')).not.toMatch(/[A-Za-z]/);
});

describe('what the planner writes is retold whole', () => {
  test('evidence', () => {
    fc.assert(
      fc.property(outcomes, (past) => {
        const phrase = describeEvidence(evidenceFor('runbook', 'α', past, T0), SERVICE);
        expect(say(phrase).replace(/R-\d+/, '')).not.toMatch(/[A-Za-z]/);
        expect(say(phrase)).toContain(SERVICE);
      }),
    );
  });

  test('reasons of the risk', () => {
    const names = fc.uniqueArray(fc.constantFrom('α', 'β', 'γ', 'δ', 'ε'), { maxLength: 5 });
    const times = fc.integer({ min: 0, max: 30 });
    fc.assert(
      fc.property(names, times, times, fc.boolean(), (dependents, successes, failures, declared) => {
        const { reasons } = planRisk({
          ...(declared ? { declared: 0.9 } : {}),
          steps: [aPlannedStep('s', { action: 'restore_backup', risk: 0.4 })],
          history: { successes, failures },
          circumstances: calm({
            dependents,
            recentFailures: failures,
            freezes: [{ name: 'α', raise: 0.7, until: '2026-11-30 08:00 UTC' }],
            daysSinceProven: successes === 0 ? null : 100,
          }),
          provenWithinDays: 90,
        });
        for (const reason of reasons) expect(say(reason).replace('UTC', '')).not.toMatch(/[A-Za-z]/);
      }),
    );
  });

  test('why a step failed', () => {
    const failed = (over: Partial<RecoveryStep>) =>
      say(because(aStep(2, { name: 'Ξεκίνα «α»', error: { code: 'x', message: 'σφάλμα' }, ...over })));
    expect(failed({ state: 'failed', attempts: 3 })).toBe('Шаг 3 «Ξεκίνα «α»», сбой (3 попытки): σφάλμα');
    const check = { code: 'x', message: 'it was done, but its check says: σφάλμα' };
    expect(failed({ state: 'failed', attempts: 1, error: check })).toBe(
      'Шаг 3 «Ξεκίνα «α»», сбой: выполнено, но проверка говорит: σφάλμα',
    );
    expect(failed({ state: 'failed', attempts: 1, error: null })).toBe('Шаг 3 «Ξεκίνα «α»», сбой: причина не указана');
    expect(failed({ state: 'unknown' })).toBe('Шаг 3 «Ξεκίνα «α»»: σφάλμα');
  });
});

test.each([
  [
    'worked 9 of 10 times for redis, median 12.0 s, last R-33',
    'помогло 9 раз из 10 для redis, медиана 12,0 с, последнее R-33',
  ],
  [
    'worked 2 of 3 times for redis, median 2 h 05 min, last R-3',
    'помогло 2 раза из 3 для redis, медиана 2 ч 05 мин, последнее R-3',
  ],
  ['failed the one time it was tried for web, last R-1', 'один раз пробовали, не помогло для web, последнее R-1'],
  ['a, b, c and 2 more depend on it', 'от него зависят a, b, c и ещё 2'],
  ['failed 3 of 4 times', '3 сбоя из 4'],
  ['not possible: connection refused', 'невозможно: соединение отклонено'],
  ['cancelled by Ли', 'отменено: Ли'],
  [
    'the plan changed: redis was running when the plan was shown, now it is not known',
    'план изменился: redis на момент показа плана: работает, сейчас: неизвестно',
  ],
  [
    'the plan changed: web is declared otherwise than when the plan was shown: its label reviver.health',
    'план изменился: web объявлен иначе, чем когда показывали план: изменено reviver.health',
  ],
  ['a worker died in it 3 times; nothing of it runs', 'воркер погиб на нём 3 раза; ничего не работает'],
  [
    'it is away for longer than 5 min, its recovery time objective',
    'не работает дольше 5 мин, своего целевого времени восстановления',
  ],
  ['6 recoveries of it failed within an hour', 'за час не удалось 6 восстановлений'],
  ['connection refused (2 of 2 checks)', 'соединение отклонено (2 из 2 проверок)'],
  [
    'R-7 needs people: nobody decided in time. No pager is connected to this version; this channel is the last stop.',
    'R-7: нужны люди, никто не решил вовремя. Пейджера у этой версии нет, дальше этого канала никто не узнает.',
  ],
  ['db is down, too, and is recovered first', 'db тоже недоступен и восстанавливается первым'],
  [
    'no live worker of the pool default has every action of its plan; missing: drain (version 2), ask (version 1). Start a worker of the version that planned it, or cancel it and recover anew',
    'ни у одного живого воркера пула default нет всех действий плана; не хватает: drain (версия 2), ask (версия 1). Запустите воркер той версии, что составила план, или отмените и начните заново',
  ],
  [
    'its next step waits for a worker of the pool gpu, and none is alive. Workers serve default. Start one: reviver worker --pool gpu',
    'следующий шаг ждёт воркера пула gpu, а живых нет. Есть воркеры пулов: default. Запустите: `reviver worker --pool gpu`',
  ],
  ['1,204 keys', '1 204 ключа'],
  ['1 key', '1 ключ'],
  ['Undo: Stop redis', 'Откат: Stop redis'],
])('%s', (phrase, russian) => expect(say(phrase).replace(/[\u00A0\u202F]/g, ' ')).toBe(russian));

test('what nobody taught it is left as it is, in one piece', () => {
  for (const text of ['ERR unknown command', 'worked 9 of 10 times, they say', '', 'Шаг']) expect(say(text)).toBe(text);
  expect(retold(wordsOf('en'), 'no history')).toBe('no history');
});

test('a long text costs no more than its length', () => {
  const begun = performance.now();
  for (const start of [
    'Step 1 "',
    'x was ',
    'worked ',
    'a worker died in it 3 times; ',
    'not possible: ',
    'the plan changed: ',
  ])
    say(start.repeat(20_000));
  expect(performance.now() - begun).toBeLessThan(2_000);
});

describe('why a plan was chosen, and why another one was not', () => {
  test.each([
    'is for the alert ΑΒΓ; no history for σέρβις yet',
    'fits what is known of the incident; worked 3 of 4 times for σέρβις, median 12.0 s, last R-7',
    'worked 3 of 4 times for σέρβις in other incidents, median 12.0 s, last R-7',
    'worked 3 of 4 times for other services in incidents like this one, median 12.0 s, last R-7',
    'failed the one time it was tried for other services in incidents like this one, last R-7',
    'failed the last 3 times, last R-9',
    'a runbook that fits goes before a strategy',
    'as good, and later in the configuration',
    'αβγ fits the incident better',
    'worked less often: 1 of 4',
    'worked less often in incidents like this one',
    'not tried yet, and αβγ worked',
    'αβγ is advised for such a service',
    'riskier than αβγ',
    'takes longer, 2 h 05 min',
    'failed on other services in incidents like this one',
    'worked in other incidents alone',
    'fits the incident too little',
    'it is for αβγ',
    'not possible now: no history',
  ])('%s', (phrase) => expect(say(phrase).replace(/R-\d+/, '')).not.toMatch(/[A-Za-z]/));
});
