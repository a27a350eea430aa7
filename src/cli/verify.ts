import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { verdictWords, type Verdict } from '../core/audit/verdict.ts';
import { accountKey, publicKeyOf } from '../node/audit/keys.ts';
import { hasBegunLog } from '../node/audit/place.ts';
import { FileWitness } from '../node/audit/witness/fileWitness.ts';
import { testimonyOf } from '../node/audit/witness/witnesses.ts';
import type { Testimony } from '../node/audit/verify/witnessCheck.ts';
import { verifyInWorker } from '../node/audit/verify/verifyInWorker.ts';
import { ownFolders } from '../node/folders.ts';
import { visibleLine } from '../shared/visible.ts';
import { jsonLine } from '../terminal/jsonLine.ts';
import { progressLine } from '../terminal/progressLine.ts';
import { evidenceHere } from './evidenceHere.ts';
import { Failure } from '../core/outcome.ts';

export interface VerifyOptions {
  /** A log's database or an export; the account's own log without it. */
  file: string | undefined;
  /** The account's public key, as `oversign key` prints it. */
  key: string | undefined;
  witnesses: readonly string[];
  json: boolean;
}

/** Nothing wrong was found, but nobody has signed the end. */
const UNSIGNED = 5;

/** `oversign verify [FILE]`: whether a log is whole. Exit codes: 0 whole and signed to its end, 1 not, 3 stopped, 5 unsigned. */
export async function verify(options: VerifyOptions): Promise<number> {
  const stop = new AbortController();
  const interrupt = (): void => {
    stop.abort();
  };
  process.once('SIGINT', interrupt);
  const progress = progressLine(process.stderr, 'verifying');
  let verdict: Verdict | undefined;
  try {
    verdict =
      options.file === undefined
        ? await ownLog(options, stop.signal, progress.show)
        : await anyLog(options.file, options, stop.signal, progress.show);
  } finally {
    process.removeListener('SIGINT', interrupt);
    progress.end();
  }
  if (!verdict) {
    process.stderr.write('oversign: stopped; nothing is known about the rest\n');
    return 3;
  }
  process.stdout.write(
    options.json ? `${jsonLine(verdict)}\n` : `${verdictWords(verdict, new Date()).map(visibleLine).join('\n')}\n`,
  );
  switch (verdict.state) {
    case 'whole':
      return 0;
    case 'unsigned':
      return UNSIGNED;
    case 'broken':
      return 1;
  }
}

async function ownLog(
  { key, witnesses }: VerifyOptions,
  signal: AbortSignal,
  progress: (done: number, of: number) => void,
): Promise<Verdict | undefined> {
  const file = join(ownFolders(process.env).data, 'audit.db');
  if (!existsSync(file))
    throw new Failure(
      hasBegunLog(ownFolders(process.env).data)
        ? `THE AUDIT LOG IS GONE: ${file} is not there, although one was begun here`
        : `there is no audit log yet (${file})`,
    );
  const { audit, evidence } = await evidenceHere(process.env);
  await using _log = evidence;
  const hasBegun = hasBegunLog(dirname(audit.file));
  if (key !== undefined) return await anyLog(audit.file, { key, witnesses }, signal, progress, hasBegun);
  return await evidence.verify(signal, progress, await testimonies(witnesses));
}

/** Only what is given counts: the file, a public key, witnesses. */
async function anyLog(
  file: string,
  { key, witnesses }: Pick<VerifyOptions, 'key' | 'witnesses'>,
  signal: AbortSignal,
  progress: (done: number, of: number) => void,
  hasBegun?: boolean,
): Promise<Verdict | undefined> {
  const account = key === undefined ? undefined : { key: readKey(key), from: 'given' as const };
  const against = { account, testimonies: await testimonies(witnesses), hasBegun };
  return verifyInWorker({ file: resolve(file), against }, signal, progress);
}

function testimonies(files: readonly string[]): Promise<Testimony[]> {
  return Promise.all(files.map((file) => testimonyOf(new FileWitness(resolve(file)))));
}

function readKey(file: string): string {
  try {
    return publicKeyOf(createPublicKey(readFileSync(file)));
  } catch (error) {
    throw new Failure(`${file} is not a public key as "oversign key" prints it`, { cause: error });
  }
}

/** `oversign key`: the account's public key, for those who check what it signed. */
export async function key(): Promise<number> {
  const { evidence, data } = await evidenceHere(process.env);
  await using _log = evidence;
  const spki = Buffer.from(accountKey(data).publicKey, 'base64');
  process.stdout.write(
    createPublicKey({ key: spki, type: 'spki', format: 'der' }).export({ type: 'spki', format: 'pem' }),
  );
  return 0;
}
