import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import type { Contacts, Policies, Reason } from '../../../src/engine/escalation/escalation.js';
import { createEscalations, type Escalations } from '../../../src/engine/escalation/escalations.js';
import type { EscalationStore } from '../../../src/engine/ports.js';
import { createEscalationStore } from '../../../src/store/escalation-store.js';
import { createOutboxStore } from '../../../src/store/outbox-store.js';
import { aService } from '../../support/builders.js';
import { withDatabase } from '../../support/index.js';

const database = withDatabase();
let pool: Pool;
let store: EscalationStore;

const POLICIES: Policies = {
  default: [
    { afterMs: 0, notify: ['chat'] },
    { afterMs: 300_000, notify: ['pagerduty'] },
    { afterMs: 900_000, notify: ['email', 'sms'] },
  ],
  loud: [{ afterMs: 0, notify: ['pagerduty'] }],
};
const CONTACTS: Contacts = {
  pagerduty: ['pagerduty'],
  email: ['a@example.com', 'b@example.com'],
  sms: ['+15005550101'],
  webhook: [],
};

beforeAll(() => {
  pool = new Pool({ connectionString: database.url });
  pool.on('error', () => {});
  store = createEscalationStore(pool);
});
afterAll(() => pool.end());
beforeEach(() =>
  pool.query('TRUNCATE escalations, outbox, events, incidents, service_health RESTART IDENTITY CASCADE'),
);

function aProcess(contacts = CONTACTS): Escalations {
  const services = [aService('redis', { rtoMs: 60_000 }), aService('web', { escalation: 'loud' })];
  return createEscalations({
    store,
    policies: POLICIES,
    contacts,
    services: () => services,
    installation: 'home',
    dispatcher: { changed: () => {} },
    log: () => {},
  });
}
const why = (over: Partial<Reason> = {}): Reason => ({
  key: 'k1',
  service: 'redis',
  code: 'step_failed',
  reason: 'Step 1 failed',
  recovery: 12,
  ...over,
});
/** As if it had begun earlier: nothing here waits. */
const later = (ms: number) =>
  pool.query(
    `UPDATE escalations SET started_at = started_at - $1 * interval '1 ms', next_at = next_at - $1 * interval '1 ms'`,
    [ms],
  );
const sent = async () =>
  (
    await pool.query<{ said: string }>(
      `SELECT concat_ws(' ', p.channel, p.target, p.action) AS said FROM outbox o JOIN pages p USING (key) ORDER BY o.id`,
    )
  ).rows.map(({ said }) => said);
const kinds = async () =>
  (await pool.query<{ kind: string }>('SELECT kind FROM events ORDER BY id')).rows.map(({ kind }) => kind);
const state = async () => (await pool.query('SELECT state, level, acknowledged_by FROM escalations ORDER BY id')).rows;

describe('the levels of a policy', () => {
  test('are told each after its delay by the clock of the database, and none twice', async () => {
    const one = aProcess();
    await one.raise(why());
    expect(await sent()).toEqual(['chat chat trigger']);
    await one.look();
    expect(await sent()).toHaveLength(1);
    await later(300_000);
    await Promise.all([one.look(), aProcess().look(), aProcess().look()]);
    expect((await sent()).slice(1)).toEqual(['pagerduty pagerduty trigger']);
    await later(600_000);
    await Promise.all([one.look(), aProcess().look()]);
    expect((await sent()).slice(2).sort()).toEqual([
      'email a@example.com trigger',
      'email b@example.com trigger',
      'sms +15005550101 trigger',
    ]);
    await later(3_600_000);
    await one.look();
    expect(await sent()).toHaveLength(5);
  });

  test('go on in another process after this one is gone', async () => {
    await aProcess().raise(why());
    await later(900_000);
    for (const _ of [1, 2]) await aProcess().look();
    expect(await state()).toMatchObject([{ level: 3 }]);
  });

  test('belong to the policy that the service names', async () => {
    await aProcess().raise(why({ service: 'web' }));
    expect(await sent()).toEqual(['pagerduty pagerduty trigger']);
  });

  test('that reach nobody are passed over at once', async () => {
    await aProcess({ ...CONTACTS, pagerduty: [] }).raise(why());
    await later(300_000);
    await aProcess({ ...CONTACTS, pagerduty: [] }).look();
    expect(await sent()).toContain('sms +15005550101 trigger');
  });

  test('are told at once, out of chat, when a person asks for more people', async () => {
    const one = aProcess();
    await one.raise(why());
    await one.raise(why({ key: 'k2', code: 'asked_by_person', reason: 'Ann asks for help' }));
    expect(await sent()).toEqual(['chat chat trigger', 'pagerduty pagerduty trigger']);
    await one.raise(why({ key: 'k3', code: 'asked_by_person', reason: 'Ann asks for help' }));
    expect(await sent()).toHaveLength(5);
  });
});

describe('a situation', () => {
  test('is one escalation, however many reasons it has and however often each is said', async () => {
    const one = aProcess();
    for (const key of ['k1', 'k2', 'k1', 'k2', 'k3']) await one.raise(why({ key }));
    expect(await state()).toHaveLength(1);
    expect(await kinds()).toEqual([
      'escalation.opened',
      'escalation.level_told',
      'escalation.joined',
      'escalation.joined',
    ]);
  });

  test('is told by each recovery that was a reason of it, and by no other', async () => {
    const one = aProcess();
    const { escalation } = await one.raise(why());
    await one.raise(why({ key: 'k2', recovery: 13 }));
    await one.raise(why({ key: 'k3', recovery: 14, service: 'web' }));
    const found = await one.ofRecoveries(12, 13, 14, 15);
    expect([...found.keys()].toSorted()).toEqual([12, 13, 14]);
    expect(found.get(12)).toMatchObject({ id: escalation.id, service: 'redis' });
    expect(found.get(13)).toEqual(found.get(12));
    expect(found.get(14)).toMatchObject({ service: 'web' });
  });

  test('of two processes at the same time is one', async () => {
    const keys = Array.from({ length: 12 }, (_, n) => `k${n % 4}`);
    await Promise.all(
      keys.map((key) =>
        aProcess()
          .raise(why({ key }))
          .catch(() => undefined),
      ),
    );
    expect(await state()).toHaveLength(1);
    expect(await sent()).toEqual(['chat chat trigger']);
  });

  test('that was resolved is not opened again by a reason that is said a second time', async () => {
    const one = aProcess();
    const { escalation } = await one.raise(why());
    await store.resolve(escalation.id, 'R-13');
    await one.raise(why());
    expect(await state()).toMatchObject([{ state: 'resolved' }]);
    await one.raise(why({ key: 'k9' }));
    expect(await state()).toHaveLength(2);
  });
});

describe('an acknowledgement', () => {
  test('stops every further level, and tells the pagers that were told, once', async () => {
    const one = aProcess();
    await one.raise(why({ code: 'asked_by_person' }));
    await one.acknowledge({ service: 'redis' }, 'Ann');
    expect(await one.acknowledge({ service: 'redis' }, 'Lee')).toBeUndefined();
    await later(3_600_000);
    await one.look();
    expect(await sent()).toEqual([
      'chat chat trigger',
      'pagerduty pagerduty trigger',
      'pagerduty pagerduty acknowledge',
    ]);
    expect(await state()).toMatchObject([{ state: 'acknowledged', acknowledged_by: 'Ann' }]);
  });

  test('beside a level that is being told never leaves a page without its acknowledge', async () => {
    for (let n = 0; n < 20; n += 1) {
      const service = `s${n}`;
      const { escalation } = await aProcess().raise(why({ service, key: service }));
      await later(300_000);
      await Promise.all([aProcess().look(), aProcess().acknowledge({ id: escalation.id }, 'Ann')]);
    }
    const { rows } = await pool.query(
      `SELECT escalation_id, array_agg(action ORDER BY o.id) AS said FROM pages p JOIN outbox o USING (key)
       WHERE channel = 'pagerduty' GROUP BY 1`,
    );
    for (const { said } of rows) expect(said).toEqual(['trigger', 'acknowledge']);
  });

  test('is over when somebody asks for still more people', async () => {
    const one = aProcess();
    await one.raise(why());
    await one.acknowledge({ service: 'redis' }, 'Ann');
    await one.raise(why({ key: 'k2', code: 'asked_by_person' }));
    expect(await state()).toMatchObject([{ state: 'open', acknowledged_by: null }]);
    expect(await sent()).toContain('pagerduty pagerduty trigger');
  });
});

describe('an escalation is over', () => {
  const recovery = (over: object) => {
    const row = { service: 'redis', state: 'SUCCEEDED', unverified: false, ...over };
    return pool.query(
      `WITH p AS (INSERT INTO plans (risk_score, digest, body) VALUES (0, '', '{}') RETURNING id)
       INSERT INTO recoveries (service, state, plan_id, plan_digest, request_digest, requested_by, reason, origin, priority,
         constitution, claims, retry, timeout_ms, unverified, pool, ended_at)
       SELECT $1, $2, id, '', '', 'Ann', '', '{}', 5, '', '{}', '{}', 1, $3, 'default', now() + interval '1 s' FROM p`,
      [row.service, row.state, row.unverified],
    );
  };
  beforeEach(() => pool.query('TRUNCATE recoveries, plans RESTART IDENTITY CASCADE'));

  test('with the next verified success of its service, and every pager hears it', async () => {
    const one = aProcess();
    await one.raise(why({ code: 'asked_by_person' }));
    await recovery({});
    await one.look();
    expect(await state()).toMatchObject([{ state: 'resolved' }]);
    expect((await sent()).at(-1)).toBe('pagerduty pagerduty resolve');
  });

  test('not with a success that nobody verified, unless somebody looks after it', async () => {
    const one = aProcess();
    await one.raise(why());
    await recovery({ unverified: true });
    await one.look();
    expect(await state()).toMatchObject([{ state: 'open' }]);
    await one.acknowledge({ service: 'redis' }, 'Ann');
    await one.look();
    expect(await state()).toMatchObject([{ state: 'resolved' }]);
  });

  test('when its health check holds again and nothing waits for people', async () => {
    const one = aProcess();
    await one.raise(why());
    const well = `INSERT INTO service_health VALUES ('redis', 'healthy', '', 0, now() + interval '1 s', now())`;
    await pool.query(well);
    await recovery({ state: 'AWAITING_MANUAL' });
    await one.look();
    expect(await state()).toMatchObject([{ state: 'open' }]);
    await pool.query(`UPDATE recoveries SET state = 'CANCELLED'`);
    await one.look();
    expect(await state()).toMatchObject([{ state: 'resolved' }]);
  });

  test('more than five failed recoveries within an hour are a reason, once', async () => {
    for (let n = 0; n < 5; n += 1) await recovery({ state: 'FAILED' });
    await aProcess().look();
    expect(await found()).toEqual([]);
    await recovery({ state: 'ROLLED_BACK' });
    for (const _ of [1, 2]) await aProcess().look();
    expect(await found()).toMatchObject([
      { code: 'repeated_failures', service: 'redis', reason: '6 recoveries of it failed within an hour' },
    ]);
  });

  test('a service that is away for longer than its objective is a reason, once an incident', async () => {
    const open = `INSERT INTO incidents (service, fingerprint, title, detail, severity, started_at)
      VALUES ('redis', 'f', 'redis is down', '', 1, now() - $1 * interval '1 s')`;
    await pool.query(open, [30]);
    await aProcess().look();
    expect(await found()).toEqual([]);
    await pool.query(`UPDATE incidents SET started_at = now() - interval '61 s'`);
    for (const _ of [1, 2]) await aProcess().look();
    expect(await found()).toMatchObject([{ code: 'rto_breached', service: 'redis', incident: 1 }]);
  });
});

const found = async () =>
  (await pool.query<{ payload: object }>(`SELECT payload FROM outbox WHERE kind = 'escalation' ORDER BY id`)).rows.map(
    ({ payload }) => payload,
  );

describe('a pager that fails', () => {
  const fail = (channel: string, set: string) =>
    pool.query(`UPDATE outbox o SET ${set} FROM pages p WHERE p.key = o.key AND p.channel = $1`, [channel]);

  test.each([
    ['refuses it', `done_at = now(), error = 'PagerDuty answered 400'`],
    ['fails three times', `attempts = 3, error = 'PagerDuty answered 503'`],
  ])('and %s is passed over: the next level is told now, and it is visible', async (_, set) => {
    const one = aProcess();
    const { escalation } = await one.raise(why());
    await later(300_000);
    await one.look();
    await fail('pagerduty', set);
    for (const _ of [1, 2]) await one.look();
    expect(await sent()).toContain('email a@example.com trigger');
    expect((await kinds()).filter((kind) => kind === 'escalation.channel_failed')).toHaveLength(1);
    expect(await store.get(escalation.id)).toMatchObject({ failing: ['pagerduty'] });
    await fail('pagerduty', 'done_at = now(), error = NULL');
    expect(await store.get(escalation.id)).toMatchObject({ failing: [] });
  });

  test('holds back its own resolve, and nothing else', async () => {
    const one = aProcess();
    const { escalation } = await one.raise(why({ code: 'asked_by_person' }));
    await store.resolve(escalation.id, 'R-13');
    const outbox = createOutboxStore(pool);
    const claim = async () => (await outbox.claim(['page'], 60_000, 20)).map(({ key }) => key.split(':').at(-1));
    const [trigger] = await outbox.claim(['page'], 60_000, 20);
    expect(await claim()).toEqual([]);
    await outbox.done(trigger?.id ?? 0);
    expect(await claim()).toEqual(['resolve']);
  });
});

test('a test goes to everybody that pagers reach, and is over at once', async () => {
  await aProcess().test('3f1c', 'Ann');
  expect(await sent()).toHaveLength(4 + 4);
  expect(await state()).toMatchObject([{ state: 'resolved' }]);
});
