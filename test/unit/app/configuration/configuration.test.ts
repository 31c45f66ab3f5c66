import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { formatEnvFile, parseEnvFile } from '../../../../src/app/configuration/env-file.js';
import { layConfiguration } from '../../../../src/app/configuration/lay.js';
import { readContents } from '../../../../src/app/configuration/read-back.js';
import { configurationSource } from '../../../../src/app/configuration/source.js';
import { readEnvironment } from '../../../../src/config/environment.js';
import { loadConfig } from '../../../../src/config/load.js';
import { createBackupCatalog } from '../../../../src/engine/backups/catalog.js';
import { ownBackups } from '../../../../src/engine/backups/own.js';
import { proveBackup } from '../../../../src/engine/backups/prove.js';
import { saveBackup } from '../../../../src/engine/backups/save.js';

const KEY = 'ab'.repeat(32);
const PASSWORD = 'pass "word" $HOME';
const ASKS_VAULT = `id: asks_vault
steps:
  - { action: http_request, with: { method: POST, url: "http://127.0.0.1/", headers: { authorization: "vault:secret/data/web#token" } } }
`;
const { signal } = new AbortController();
const rim = () => ({
  signal,
  dataDir: join(dir, 'data'),
  runKey: 'test',
  log: () => {},
  now: () => new Date(),
  exec: () => Promise.reject(new Error('no program is needed')),
});
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reviver-export-'));
});
afterEach(() => rm(dir, { recursive: true }));

/** An installation's files, and a catalog that knows them. */
async function installation(secretKey: string | null = KEY) {
  const home = join(dir, 'home');
  await cp('config', join(home, 'config'), { recursive: true });
  await cp('runbooks', join(home, 'runbooks'), { recursive: true });
  await mkdir(join(home, 'runbooks', '.git'));
  await writeFile(join(home, 'tokens.json'), '{"tokens":[]}');
  await writeFile(join(home, 'slack'), 'xoxb-1');
  await writeFile(join(home, 'signing.key'), 'a key');
  await writeFile(join(home, 'runbooks', 'vault.yaml'), ASKS_VAULT);
  const env = {
    REVIVER_CONFIG: join(home, 'config', 'reviver.yaml'),
    REVIVER_RUNBOOKS: join(home, 'runbooks'),
    REVIVER_KNOWLEDGE: join(home, 'nowhere'),
    API_TOKENS_FILE: join(home, 'tokens.json'),
    DATABASE_URL: 'postgresql://reviver:secret@127.0.0.1:5432/reviver',
    TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
    TWILIO_AUTH_TOKEN: PASSWORD,
    SLACK_BOT_TOKEN: `file:${join(home, 'slack')}`,
    SLACK_APP_TOKEN: 'xapp-1',
    ALERTS_TOKEN: 'env:HOOK',
    HOOK: 'pushed-by-alertmanager',
    AUDIT_SIGNING_KEY_FILE: join(home, 'signing.key'),
    TWILIO_FROM: '+15005550006',
    REVIVER_SECRET_KEY: KEY,
  };
  const environment = readEnvironment(env);
  const config = await loadConfig(environment.REVIVER_CONFIG);
  const configuration = configurationSource({ config, environment, env });
  const own = ownBackups({ databaseUrl: env.DATABASE_URL, redisUrl: '', configuration });
  const catalog = createBackupCatalog(own.definitions, {
    dir: join(dir, 'backups'),
    secretKey: secretKey ?? undefined,
  });
  const service = own.services.find(({ name }) => name === 'reviver_configuration');
  const definition = own.definitions.reviver_configuration;
  if (!service || !definition) throw new Error('there is no such backup');
  return {
    home,
    catalog,
    service,
    save: () => saveBackup('reviver_configuration', definition, service, catalog, rim()),
  };
}

describe('the export of configuration and secrets', () => {
  test('is proven by being read as at a start, lies nowhere in the open, and comes back whole', async () => {
    const { home, catalog, service, save } = await installation();
    const record = await save();
    expect(await proveBackup(record, service, catalog, rim())).toMatchObject({
      outcome: 'restored',
      detail: expect.stringMatching(/^\d+ services?, \d+ runbooks, 13 variables, 0 tokens, read as at a start$/),
    });
    expect(await readdir(join(dir, 'data'))).toEqual([]);
    expect((await readFile(record.file)).includes('secret')).toBe(false);

    const target = join(dir, 'new', 'place');
    const { contents } = await layConfiguration(record, catalog, target, signal);
    expect(contents.left_out).toEqual([
      expect.stringContaining('REVIVER_SECRET_KEY'),
      'vault:secret/data/web#token stays in Vault',
    ]);
    expect(await readFile(join(target, 'secrets', '1-slack'), 'utf8')).toBe('xoxb-1');
    expect(await readFile(join(target, 'audit', 'signing.key'), 'utf8')).toBe('a key');
    expect(await readContents(target)).toEqual(contents);
    for (const file of ['config/reviver.yaml', 'config/constitution.yaml', 'tokens.json', 'runbooks/redis_outage.yaml'])
      expect(await readFile(join(target, file), 'utf8')).toBe(await readFile(join(home, file), 'utf8'));
    expect(await readdir(join(target, 'runbooks'))).not.toContain('.git');
    const variables = parseEnvFile(await readFile(join(target, 'reviver.env'), 'utf8'));
    expect(variables).toMatchObject({ TWILIO_AUTH_TOKEN: PASSWORD, HOOK: 'pushed-by-alertmanager' });
    expect(Object.keys(variables)).not.toContain('REVIVER_SECRET_KEY');
  });

  test('is never written without a key', async () => {
    const { catalog, save } = await installation(null);
    await expect(save()).rejects.toThrow('REVIVER_SECRET_KEY is not set, and configuration and secrets are never');
    expect(await catalog.list('reviver_configuration')).toEqual([]);
    expect(await readdir(dir)).toEqual(['home']);
  });

  test('that would not start fails its proof, in words without secrets and without the scratch folder', async () => {
    const { home, catalog, service, save } = await installation();
    await writeFile(join(home, 'config', 'reviver.yaml'), 'services: [{ nam: web }]\n');
    const { outcome, detail } = await proveBackup(await save(), service, catalog, rim());
    expect(outcome).toBe('failed');
    expect(detail).toMatch(/^read back, it would not start: config\/reviver\.yaml:1:/);
  });

  test('is laid into no folder that holds something', async () => {
    const { catalog, save } = await installation();
    const target = join(dir, 'used');
    await mkdir(target);
    await writeFile(join(target, 'mine'), '');
    await expect(layConfiguration(await save(), catalog, target, signal)).rejects.toThrow('is not empty');
    expect(await readdir(target)).toEqual(['mine']);
  });
});

test('values of variables come back as they were', () => {
  const variables = { A: 'plain', B: PASSWORD, C: 'two\nlines', D: String.raw`back\slash`, E: '' };
  expect(parseEnvFile(formatEnvFile(variables))).toEqual(variables);
});
