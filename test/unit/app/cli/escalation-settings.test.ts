import { expect, test } from '@jest/globals';
import { escalationSettings, escalationWarnings } from '../../../../src/app/cli/escalation-settings.js';
import { readEnvironment } from '../../../../src/config/environment.js';

const KEY = '0123456789abcdef0123456789abcdef';
const none = { policies: {}, contacts: { email: [], sms: [] }, language: 'en' as const };
const settings = (env: Record<string, string>, escalation: object = {}) =>
  escalationSettings({ escalation: { ...none, ...escalation } }, readEnvironment(env));

test('a pager reaches somebody when both are there, how and whom', () => {
  expect(settings({}).contacts).toEqual({ pagerduty: [], email: [], sms: [], webhook: [] });
  expect(settings({ PAGERDUTY_ROUTING_KEY: KEY }).contacts.pagerduty).toEqual(['pagerduty']);
  expect(settings({ SMTP_URL: 'smtp://mail' }).contacts.email).toEqual([]);
  expect(settings({}, { contacts: { email: ['a@example.com'], sms: [] } }).contacts.email).toEqual([]);
});

test("the source documents' own names hold where ours are not set", () => {
  const env = {
    SMTP_URL: 'smtp://mail',
    BEV_ADMIN_EMAIL: 'admin@example.com',
    SLACK_WEBHOOK_URL: 'https://hooks.slack.com/x',
  };
  expect(settings(env).contacts).toMatchObject({
    email: ['admin@example.com'],
    webhook: ['webhook'],
  });
  expect(settings(env).webhook?.url).toBe('https://hooks.slack.com/x');
  const ours = { contacts: { email: ['a@example.com'], sms: [], webhook: 'https://ours.example.com' } };
  expect(settings(env, ours).contacts).toMatchObject({
    email: ['a@example.com'],
    webhook: ['webhook'],
  });
  expect(settings(env, ours).webhook?.url).toBe('https://ours.example.com');
});

test('mail comes from the account by which it is sent', () => {
  expect(settings({ SMTP_URL: 'smtp://me%40example.com:x@mail.example.com' }).email?.from).toBe('me@example.com');
  expect(settings({ SMTP_URL: 'smtp://mail.example.com' }).email?.from).toBe('reviver@mail.example.com');
  expect(settings({ SMTP_URL: 'smtp://mail', SMTP_FROM: 'us@example.com' }).email?.from).toBe('us@example.com');
});

test('what reaches nobody is one warning, with what it lacks', () => {
  const policies = { default: [{ afterMs: 0, notify: ['chat', 'pagerduty', 'sms'] as const }] };
  expect(escalationWarnings(settings({ PAGERDUTY_ROUTING_KEY: KEY }, { policies }))).toEqual([
    expect.stringMatching(/reaches nobody: sms \(TWILIO_ACCOUNT_SID, .*\)\. The next level is told in its place$/),
  ]);
  expect(escalationWarnings(settings({}))).toEqual([]);
});

test('half of Twilio is a mistake that is named', () => {
  expect(() => readEnvironment({ TWILIO_FROM: '+15005550006' })).toThrow(
    /SMS need all of .*TWILIO_ACCOUNT_SID is not set/,
  );
});
