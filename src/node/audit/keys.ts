import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { chmodSync, existsSync, linkSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../files/hash.ts';
import { Failure } from '../../core/outcome.ts';

/** An Ed25519 key pair (RFC 8032). `publicKey` is SPKI in base64. */
export interface SigningKey {
  publicKey: string;
  /** Over the text's UTF-8 bytes; base64. */
  sign(text: string): string;
}

/** The short name of a public key: the first 16 hexadecimal digits of its SHA-256. */
export function fingerprint(publicKey: string): string {
  return sha256(Buffer.from(publicKey, 'base64')).slice(0, 16);
}

/** A key that lives in this process's memory and is gone with it: nobody can sign today's events with it tomorrow. */
export function processKey(): SigningKey {
  return signingKey(generateKeyPairSync('ed25519').privateKey);
}

const NAME = 'account.key';
/** As `make` names its own; a backup that somebody made is theirs. */
const COPY = /^account\.key\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether the account has a key already: then it has had a log. */
export function hasAccountKey(data: string): boolean {
  return existsSync(join(data, NAME));
}

/** The account's key, made at the first need; a file that only its owner may read. Throws where it is damaged. */
export function accountKey(data: string): SigningKey {
  const file = join(data, NAME);
  if (!existsSync(file)) make(file);
  sweep(data);
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  try {
    return signingKey(createPrivateKey(readFileSync(file)));
  } catch (error) {
    throw new Failure(
      `the account's signing key ${file} cannot be used; put the right file back, or remove it and a new log begins`,
      { cause: error },
    );
  }
}

/** Whole or not at all, and never over one that another process has just made. */
function make(file: string): void {
  const { privateKey } = generateKeyPairSync('ed25519');
  const own = `${file}.${randomUUID()}`;
  try {
    writeFileSync(own, privateKey.export({ type: 'pkcs8', format: 'pem' }), { flag: 'wx', mode: 0o600, flush: true });
    linkSync(own, file);
  } catch (error) {
    // Made by another process meanwhile; that one may have swept this one's away, too.
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Copies of a key that a process left which was ended while it made one. */
function sweep(data: string): void {
  for (const name of readdirSync(data)) if (COPY.test(name)) rmSync(join(data, name), { force: true });
}

function signingKey(key: KeyObject): SigningKey {
  return {
    publicKey: publicKeyOf(createPublicKey(key)),
    sign: (text) => sign(null, Buffer.from(text), key).toString('base64'),
  };
}

/** SPKI in base64. */
export function publicKeyOf(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).toString('base64');
}

/** Checks signatures of one public key (SPKI, base64). A key that is none has signed nothing. */
export function checker(publicKey: string): (text: string, signature: string) => boolean {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), type: 'spki', format: 'der' });
  } catch {
    return () => false;
  }
  if (key.asymmetricKeyType !== 'ed25519') return () => false;
  return (text, signature) => verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'));
}
