import { afterEach, describe, expect, test } from '@jest/globals';
import type { FormChoices } from '../../../src/bot/port.js';
import {
  CHANNEL,
  MODES,
  type SlackUnderTest,
  type SlackUnderTestOptions,
  slackUnderTest,
} from '../../platforms/slack/slack-under-test.js';
import { eventually } from '../../support/eventually.js';

const CHOICES: FormChoices = {
  services: [
    { name: 'redis', runbooks: ['redis_outage', 'resize'], strategies: ['restart'] },
    { name: 'web', runbooks: [], strategies: ['restart', 'rollback'] },
  ],
  parameters: {
    redis_outage: [{ name: 'backup', type: 'string', default: 'redis_backup' }],
    resize: [
      { name: 'size', type: 'number' },
      { name: 'online', type: 'boolean', default: 'true' },
    ],
  },
};
let slack: SlackUnderTest;
afterEach(() => slack.close());

const open = async (options: SlackUnderTestOptions = {}): Promise<void> => {
  slack = await slackUnderTest({ ...options, desk: { choices: () => CHOICES, ...options.desk } });
};
const ann = () => slack.server.as('U0ANN');
const labels = () =>
  ann()
    .form()
    ?.fields.map(({ label }) => label);
const shows = (wanted: string[]) => eventually(() => expect(labels()).toEqual(wanted));
const ask = async (): Promise<void> => {
  await ann().command('');
  await shows(['Service', 'Dry run', 'Reason']);
};
const texts = () => slack.inputs.map(({ text }) => text);

describe.each(MODES)('the form of /recover alone, by %s', (mode) => {
  test('leads from the service to its plans and parameters, and becomes a command line', async () => {
    await open({ mode });
    await ask();
    await ann().choose('Service', 'redis');
    await shows(['Service', 'Plan', 'Dry run', 'Reason']);
    await ann().choose('Plan', 'redis_outage');
    await shows(['Service', 'Plan', 'backup', 'Dry run', 'Reason']);
    await ann().fill('backup', 'redis_weekly');
    await ann().choose('Dry run', 'Show every effect, touch nothing');
    await ann().fill('Reason', 'cache is "stale"');
    expect(await ann().submit()).toBeUndefined();
    expect(texts()).toEqual([
      'redis backup=redis_weekly --runbook redis_outage --dry-run --reason "cache is \\"stale\\""',
    ]);
    expect(slack.inputs[0]).toMatchObject({ user: 'U0ANN', origin: { channel: CHANNEL }, facts: { kind: 'form' } });
    expect(ann().form()).toBeUndefined();
  });

  test('forgets the plan of another service', async () => {
    await open({ mode });
    await ask();
    await ann().choose('Service', 'redis');
    await shows(['Service', 'Plan', 'Dry run', 'Reason']);
    await ann().choose('Plan', 'redis_outage');
    await shows(['Service', 'Plan', 'backup', 'Dry run', 'Reason']);
    await ann().choose('Service', 'web');
    await shows(['Service', 'Plan', 'Dry run', 'Reason']);
    await ann().choose('Plan', 'rollback');
    await ann().submit();
    expect(texts()).toEqual(['web --strategy rollback']);
  });

  test('shows what is wrong in its place, and stays open', async () => {
    await open({ mode });
    await ask();
    expect(await ann().submit()).toEqual({ Service: 'Choose a service.' });
    await ann().choose('Service', 'redis');
    await shows(['Service', 'Plan', 'Dry run', 'Reason']);
    await ann().choose('Plan', 'resize');
    await shows(['Service', 'Plan', 'size', 'online', 'Dry run', 'Reason']);
    await ann().fill('online', 'maybe');
    expect(await ann().submit()).toEqual({ size: 'size is needed.', online: 'online must be a boolean.' });
    await ann().fill('size', 'big');
    await ann().fill('online', 'false');
    expect(await ann().submit()).toEqual({ size: 'size must be a number.' });
    await ann().fill('size', '3');
    expect(await ann().submit()).toBeUndefined();
    expect(texts()).toEqual(['redis size=3 online=false --runbook resize']);
  });

  test('refuses a service that is no longer there', async () => {
    let choices = CHOICES;
    await open({ mode, desk: { choices: () => choices } });
    await ask();
    await ann().choose('Service', 'web');
    choices = { ...CHOICES, services: CHOICES.services.slice(0, 1) };
    expect(await ann().submit()).toEqual({ Service: 'web is no longer there. Choose again.' });
    expect(slack.inputs).toEqual([]);
  });
});

describe('the form', () => {
  test('is the first thing that Slack is asked for', async () => {
    await open();
    await ask();
    const methods = slack.server.calls.map(({ method }) => method);
    expect(methods.slice(methods.indexOf('views.open'))).toEqual(
      expect.arrayContaining(['users.info', 'views.update']),
    );
    expect(methods.indexOf('views.open')).toBeLessThan(methods.indexOf('users.info'));
  });

  test('whose trigger is over is explained privately, and a repeated delivery opens no second one', async () => {
    await open();
    slack.server.faults.failNext('views.open', 1, 'expired_trigger_id');
    await ann().command('');
    await eventually(() =>
      expect(slack.server.privately('U0ANN')[0]?.text).toContain('The form could not be opened, and nothing was done'),
    );
    await ann().command('', { id: 'once' });
    await ann().command('', { id: 'once' });
    await eventually(() => expect(slack.server.calls.filter(({ method }) => method === 'views.open')).toHaveLength(3));
    expect(slack.server.workspace.modals.size).toBe(1);
    expect(slack.server.privately('U0ANN')).toHaveLength(1);
  });

  test('shows no names to whom Slack does not vouch for', async () => {
    await open({
      before: ({ workspace }) => {
        workspace.join({ id: 'U0OUT', team: 'T0OTHER' });
        workspace.channels.get(CHANNEL)?.members.add('U0OUT');
      },
    });
    const ts = slack.server.as('U0ANN').write(CHANNEL, 'redis is down');
    await slack.server.as('U0OUT').shortcut(CHANNEL, ts);
    await eventually(() => expect(slack.server.as('U0OUT').form()?.text).toContain('does not vouch for you'));
    expect(slack.server.as('U0OUT').form()?.fields).toEqual([]);
  });

  test('of "Recover this" begins with the service that the message names, and answers in its thread', async () => {
    await open();
    const ts = slack.server.as('U0LEE').write(CHANNEL, 'redis: connection refused');
    await ann().shortcut(CHANNEL, ts);
    await shows(['Service', 'Plan', 'Dry run', 'Reason']);
    await ann().submit();
    expect(slack.inputs).toMatchObject([{ text: 'redis', origin: { channel: CHANNEL, thread: ts } }]);
  });

  test('speaks the language of the channel', async () => {
    await open({ desk: { language: () => 'ru' } });
    await ann().command('');
    await shows(['Сервис', 'Пробный прогон', 'Причина']);
  });

  const refusals = () =>
    slack.server.calls.filter(({ method, outcome }) => method === 'views.update' && outcome !== 'ok');

  test('drawn anew for two choices in quick succession shows the later one', async () => {
    await open();
    await ask();
    const slow = slack.server.faults.stall('views.update');
    await ann().choose('Service', 'redis');
    await ann().choose('Service', 'web');
    slow.over();
    const plans = () =>
      ann()
        .form()
        ?.fields.find(({ label }) => label === 'Plan')?.options;
    await eventually(() => expect(plans()).toContain('rollback'));
    await ann().choose('Plan', 'rollback');
    await ann().submit();
    expect(texts()).toEqual(['web --strategy rollback']);
    expect(refusals()).toEqual([]);
  });

  test('drawn meanwhile by another process is not overwritten by what that one had not seen, and stays usable', async () => {
    await open();
    await ask();
    const [id = ''] = [...slack.server.workspace.modals.keys()];
    const slow = slack.server.faults.stall('views.update');
    await ann().choose('Service', 'redis');
    // As another process would, by the choice that Slack delivered there.
    const view = slack.server.workspace.modals.get(id);
    if (view) Object.assign(view, { hash: 'drawn-elsewhere' });
    slow.over();
    await eventually(() => expect(refusals().map(({ outcome }) => outcome)).toEqual(['hash_conflict']));
    await eventually(() => expect(slack.logs.map(({ message }) => message)).toContain('slack:form_not_redrawn'));
    expect(labels()).toEqual(['Service', 'Dry run', 'Reason']);
    await ann().choose('Service', 'web');
    await shows(['Service', 'Plan', 'Dry run', 'Reason']);
    await ann().submit();
    expect(texts()).toEqual(['web']);
  });

  test('says when there is nothing to choose', async () => {
    await open({ desk: { choices: () => ({ services: [], parameters: {} }) } });
    await ann().command('');
    await eventually(() => expect(ann().form()?.text).toBe('There is no service in the configuration yet.'));
  });

  test('stays usable with a thousand services', async () => {
    const services = Array.from({ length: 1_000 }, (_, n) => ({
      name: `s${n}`,
      runbooks: [],
      strategies: ['restart'],
    }));
    await open({ desk: { choices: () => ({ services, parameters: {} }) } });
    await ask();
    await ann().choose('Service', 's999');
    await shows(['Service', 'Plan', 'Dry run', 'Reason']);
    await ann().submit();
    expect(texts()).toEqual(['s999']);
  });
});
