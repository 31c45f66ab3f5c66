import { describe, expect, test } from '@jest/globals';
import { createHealthReport } from '../../../src/app/health-report.js';
import { createFakeEngine } from '../../support/fake-engine.js';

const platform = (name: string, ok: boolean, detail: string) => ({ name, healthy: () => ({ ok, detail }) });
const LISTENS = platform('slack', true, 'hears for 5 s');
const DEAF = platform('telegram', false, 'deaf for 95 s: Telegram does not answer');

describe('the health of a process', () => {
  test('is well while every platform hears', async () => {
    const report = await createHealthReport(createFakeEngine(), [LISTENS])();
    expect(report).toMatchObject({ able: true, checks: { slack: { ok: true, detail: 'hears for 5 s' } } });
  });

  test('is red when one platform is deaf, with its name, since when and why', async () => {
    const report = await createHealthReport(createFakeEngine(), [LISTENS, DEAF])();
    expect(report).toMatchObject({
      able: false,
      checks: { slack: { ok: true }, telegram: { ok: false, detail: 'deaf for 95 s: Telegram does not answer' } },
    });
  });

  test('is red without the database, and says no more than it knows', async () => {
    const engine = createFakeEngine();
    engine.status = () => Promise.reject(new Error('gone'));
    expect(await createHealthReport(engine, [LISTENS])()).toEqual({
      able: false,
      checks: { postgres: { ok: false, detail: 'does not answer' } },
    });
  });

  test('is red while the database refuses every write', async () => {
    const report = await createHealthReport(createFakeEngine(), [LISTENS], async () => false)();
    expect(report).toMatchObject({
      able: false,
      checks: { postgres: { ok: false, detail: expect.stringMatching(/^read-only/) } },
    });
  });
});
