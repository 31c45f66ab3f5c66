import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { account } from '../../../scripts/services/account.mjs';
import { startPostgres } from '../../../scripts/services/postgres.mjs';
import { createPrivateFolder } from '../../../scripts/services/private-folder.mjs';
import { toolMissing } from '../../../scripts/setup/tools.mjs';
import { openEntities, openStore } from '../../../src/app/open-store.js';
import { closingWithFile } from '../../support/closing-with-file.js';

const missing = toolMissing('openssl');
if (missing) process.stderr.write(`Left out: ${missing}\n`);

(missing ? describe.skip : describe)('Postgres with TLS and a CA of its own', () => {
  let url: string;
  let ca: string;

  beforeAll(async () => {
    const { path, remove } = await createPrivateFolder('reviver-test');
    closingWithFile(remove);
    const { certificate, key } = await certificates(path);
    ca = join(path, 'ca.pem');
    const args = ['ssl=on', `ssl_cert_file=${certificate}`, `ssl_key_file=${key}`].flatMap((one) => ['-c', one]);
    const server = await startPostgres({ dir: path, args });
    closingWithFile(() => server.stop());
    url = server.url;
  }, 60_000);

  const open = async (options: string) => {
    const settings = { applicationName: 'tls', connections: 2, log: () => {}, signal: AbortSignal.timeout(20_000) };
    return openStore(`${url}?${options}`, settings);
  };

  test('is trusted by the file of its CA, in every connection', async () => {
    const options = `sslmode=verify-full&sslrootcert=${ca}`;
    const opened = await open(options);
    const entities = await openEntities(`${url}?${options}`, 'tls entities');
    await entities.source.query('SELECT 1');
    const { rows } = await opened.pool.query(
      `SELECT bool_and(ssl) AS all, count(*)::int AS n FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
       WHERE application_name LIKE 'tls%'`,
    );
    expect(rows).toEqual([{ all: true, n: 2 }]);
    await entities.close();
    await opened.close();
  }, 30_000);

  test('is refused without it, with what to do', async () => {
    await expect(open('sslmode=verify-full')).rejects.toThrow(
      /^DATABASE_URL: the certificate of Postgres is not trusted \(.+\)\. Add sslmode=verify-full&sslrootcert=/,
    );
  }, 30_000);

  test('a file of a CA that is not there is named', async () => {
    await expect(open('sslmode=verify-full&sslrootcert=/nowhere/ca.pem')).rejects.toThrow(
      'DATABASE_URL: /nowhere/ca.pem of its options cannot be read.',
    );
  }, 30_000);
});

/** A CA, and a certificate of it for 127.0.0.1 whose key only Postgres can read. */
async function certificates(dir: string): Promise<{ certificate: string; key: string }> {
  const file = (name: string) => join(dir, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
  const fresh = ['-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...fresh, '-subj', '/CN=test CA', '-keyout', 'ca.key', '-out', 'ca.pem');
  openssl('req', ...fresh.slice(0, 3), '-subj', '/CN=127.0.0.1', '-keyout', 'server.key', '-out', 'server.csr');
  await writeFile(file('san.cnf'), 'subjectAltName=IP:127.0.0.1\n');
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'san.cnf'];
  openssl('x509', '-req', '-in', 'server.csr', ...signed, '-out', 'server.pem');
  chmodSync(file('server.key'), 0o600);
  const who = await account();
  if (who) for (const name of ['server.key', 'server.pem']) chownSync(file(name), who.uid, who.gid);
  return { certificate: file('server.pem'), key: file('server.key') };
}
