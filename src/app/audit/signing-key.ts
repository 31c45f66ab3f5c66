import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { link, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../../engine/model/errors.js';
import { errorCode } from '../../engine/processes/error-code.js';

export interface SigningKey {
  privateKey: KeyObject;
  publicKey: KeyObject;
}

/**
 * The key that signs anchors, made where there is none, with mode 0600. Throws `UserError` for a file that cannot be
 * read, is no Ed25519 key in PEM, or that others than its owner may read.
 */
export async function openSigningKey(file: string): Promise<SigningKey> {
  return (await readSigningKey(file)) ?? (await make(file));
}

/** Undefined: there is none yet. */
export async function readSigningKey(file: string): Promise<SigningKey | undefined> {
  const found = await stat(file).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw unreadable(file, error);
  });
  if (!found) return undefined;
  if ((found.mode & 0o077) !== 0)
    throw new UserError(
      'invalid_input',
      `The audit's signing key ${file} may be read by others. Nothing was signed. Run: chmod 600 ${file}`,
    );
  const pem = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable(file, error);
  });
  return keyFrom(pem, file);
}

/** A public key in PEM, as `reviver audit anchor` prints it. */
export async function readPublicKey(file: string): Promise<KeyObject> {
  const pem = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable(file, error);
  });
  try {
    return ed25519(createPublicKey(pem));
  } catch {
    throw notAKey(file);
  }
}

export function publicPem(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

/** The first 16 hex digits of the SHA-256 of the public key. */
export function fingerprint(key: KeyObject): string {
  const der = key.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex').slice(0, 16);
}

/** A process that makes one at the same time may be quicker: then its key is ours. */
async function make(file: string): Promise<SigningKey> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(aside, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
    await link(aside, file).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
    const made = await readSigningKey(file);
    if (made) return made;
    throw new Error('it is gone');
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    await unlink(aside).catch(() => undefined);
  }
}

function keyFrom(pem: string, file: string): SigningKey {
  try {
    const privateKey = ed25519(createPrivateKey(pem));
    return { privateKey, publicKey: createPublicKey(privateKey) };
  } catch {
    throw notAKey(file);
  }
}

function ed25519(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('another kind of key');
  return key;
}

function notAKey(file: string): UserError {
  return new UserError(
    'invalid_input',
    `${file} is no Ed25519 key in PEM. Nothing was signed. Make one: openssl genpkey -algorithm ed25519 -out ${file} && chmod 600 ${file}`,
  );
}

function unreadable(file: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  return new UserError('unavailable', `The key ${file} cannot be read or made (${errorCode(error) ?? String(error)}).`);
}
