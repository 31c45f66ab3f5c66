import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { historyJson } from '../../../src/api/json/history.js';
import { noteJson, recoveryJson } from '../../../src/api/json/recovery.js';
import { whyJson } from '../../../src/api/json/why.js';
import { type ApiServer, startApi } from '../../support/api-server.js';

let server: ApiServer;
beforeEach(async () => {
  server = await startApi();
  await server.call('POST', '/recover/redis');
});
afterEach(() => server.close());

describe('what people say of a recovery', () => {
  test('a vote is in the recovery, and a body that is none is refused', async () => {
    const { status, body } = await server.call('POST', '/recoveries/R-1/rating', { body: { helped: true } });
    expect(status).toBe(200);
    expect(recoveryJson.parse(body).ratings).toMatchObject([{ helped: true }]);
    expect((await server.call('POST', '/recoveries/R-1/rating', { body: { helped: 'yes' } })).status).toBe(422);
  });

  test('a note is written, read and taken back', async () => {
    const made = await server.call('POST', '/recoveries/R-1/notes', { body: { text: 'the disk was full' } });
    expect(made.status).toBe(201);
    expect(noteJson.parse(made.body)).toMatchObject({ number: 1, text: 'the disk was full' });
    const read = await server.call('GET', '/recoveries/1');
    expect(recoveryJson.parse(read.body).notes).toMatchObject([{ text: 'the disk was full' }]);
    const removed = await server.call('DELETE', '/recoveries/R-1/notes/1');
    expect(recoveryJson.parse(removed.body).notes).toEqual([]);
    expect((await server.call('DELETE', '/recoveries/R-1/notes/1')).status).toBe(404);
  });

  test.each([
    ['rating', { helped: true }],
    ['notes', { text: 'x' }],
  ])('a viewer says nothing by %s', async (what, body) => {
    const token = 'tok-viewer';
    expect((await server.call('POST', `/recoveries/R-1/${what}`, { token, body })).status).toBe(403);
  });
});

test('GET /recoveries/{id}/why has the plan as it was, with who decided', async () => {
  const { status, body } = await server.call('GET', '/recoveries/R-1/why');
  expect(status).toBe(200);
  expect(whyJson.parse(body)).toMatchObject({
    id: 'R-1',
    state: 'AWAITING_APPROVAL',
    risk: 0.5,
    risk_reasons: ['restores data'],
    approval: { need: 1, rule: 'risk < 0.7' },
    approvals: [{ state: 'pending' }],
    circumstances: null,
  });
});

test('GET /history has what has ended, page by page', async () => {
  await server.call('POST', '/recoveries/R-1/cancel');
  await server.call('POST', '/recover/redis');
  await server.call('POST', '/recoveries/R-2/cancel');
  const first = historyJson.parse((await server.call('GET', '/history?service=redis&limit=1')).body);
  expect(first).toMatchObject({ items: [{ id: 'R-2', state: 'CANCELLED' }], next: 'R-2' });
  const second = historyJson.parse((await server.call('GET', '/history?service=redis&limit=1&cursor=R-2')).body);
  expect(second).toMatchObject({ items: [{ id: 'R-1' }], next: null });
});
