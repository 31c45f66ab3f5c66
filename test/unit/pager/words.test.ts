import { describe, expect, test } from '@jest/globals';
import { mailOf } from '../../../src/pager/email.js';
import { eventOf } from '../../../src/pager/pagerduty.js';
import { sign } from '../../../src/pager/webhook.js';
import { wordsFor } from '../../../src/pager/words.js';
import { someNews } from '../../support/some-news.js';

describe('a page', () => {
  test('says what is so, since when, and what to do', () => {
    const { title, lines } = wordsFor(someNews({ link: 'https://reviver.example.com/console' }));
    expect([title, ...lines]).toEqual([
      '[E-5] redis needs people: Step 3 "Start redis" failed 3 times: connection refused',
      'Why: Step 3 "Start redis" failed 3 times: connection refused',
      'Recovery: R-12',
      'Since: 2026-11-22 03:04 UTC',
      'Answer: /recover ack E-5 in chat, or the button Acknowledge there. Until then more people are called.',
      'Open: https://reviver.example.com/console',
    ]);
  });

  test.each([
    ['acknowledge', 'Ann', '[E-5] redis: Ann looks after it'],
    ['resolve', 'R-13', '[E-5] redis is over, by R-13'],
  ] as const)('of an %s says by whom', (action, by, title) => {
    expect(wordsFor(someNews({ action, by })).title).toBe(title);
  });

  test('is Russian for those who read it', () => {
    const { title, lines } = wordsFor(someNews({ language: 'ru', reason: 'исход неизвестен' }));
    expect(title).toBe('[E-5] redis: нужны люди: исход неизвестен');
    expect(lines.join('\n')).not.toMatch(/\b(Why|Since|Answer|Open)\b/);
  });
});

test('a mail cannot be given another header, nor markup, by the words of a failure', () => {
  const mail = mailOf(someNews({ reason: 'x\r\nBcc: eve@example.com <b>&"' }), 'home');
  expect(mail.subject).not.toMatch(/[\r\n]/);
  expect(mail.html).toContain('&lt;b&gt;&amp;&quot;');
  expect(mail.html).not.toContain('<b>');
});

test('PagerDuty gets a summary of at most 1,024 characters, none of them half', () => {
  const event = eventOf(someNews({ service: 'redis', reason: '😀'.repeat(2_000) }));
  expect(event).toMatchObject({ payload: { severity: 'critical', source: 'redis', class: 'step_failed' } });
  const { summary } = 'payload' in event ? (event.payload as { summary: string }) : { summary: '' };
  expect(Array.from(summary).length).toBeLessThanOrEqual(1_024);
  expect(summary).not.toMatch(/\p{Cs}/u);
});

test('a webhook is signed as the example of Standard Webhooks', () => {
  // Vector of the libraries of that project.
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const signature = sign(secret, 'msg_p5jXN8AQM9LWM0D4loKWxJek', '1614265330', '{"test": 2432232314}');
  expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});
