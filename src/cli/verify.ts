import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verdictWords, type Verdict } from '../core/audit/verdict.ts';
import { Failure } from '../core/outcome.ts';
import { accountKey, publicKeyOf } from '../node/audit/keys.ts';
import { hasBegunLog } from '../node/audit/place.ts';
import { LogProblem } from '../node/audit/problems.ts';
import { verifyInWorker } from '../node/audit/verify/verifyInWorker.ts';
import type { Testimony } from '../node/audit/verify/witnessCheck.ts';
import { FileWitness } from '../node/audit/witness/fileWitness.ts';
import { testimonyOf } from '../node/audit/witness/witnesses.ts';
import { ownFolders } from '../node/folders.ts';
import { visibleLine } from '../shared/visible.ts';
import { progressLine } from '../terminal/progressLine.ts';
import { evidenceHere } from './evidenceHere.ts';
import { exitCode } from './exitCodes.ts';
import { errorWords, refuse } from './faults.ts';
import type { ReceiptCheck } from './verifyReceipt.ts';
import { writeObject } from './jsonObject.ts';
import { spooled } from './spooled.ts';

export interface VerifyOptions {
  /** A log's database or an export (`-`: on standard input); the account's own log without it. */
  file: string | undefined;
  /** The account's public key, as `oversign key` prints it. */
  key: string | undefined;
  witnesses: readonly string[];
  /** A privacy receipt that is held against the same log. */
  receipt?: string | undefined;
  json: boolean;
}

/** What a check can come to. */
const EXIT = { whole: 'done', broken: 'failed', unsigned: 'open', unchecked: 'unchecked' } as const;

/** What was given cannot be looked at, so that nothing is known. */
class CannotBeChecked extends Failure {
  override name = 'CannotBeChecked';
}

/** There is nothing to check. */
class NoLog extends Failure {
  override name = 'NoLog';
}

type Progress = (done: number, of: number) => void;

/** `oversign verify [FILE]`: whether a log is whole, and was looked at against all that was named. */
export async function verify(options: VerifyOptions): Promise<number> {
  const stop = new AbortController();
  const interrupt = (): void => {
    stop.abort();
  };
  process.once('SIGINT', interrupt);
  const progress = progressLine(process.stderr, 'verifying');
  let verdict: Verdict | undefined;
  let receipt: ReceiptCheck | undefined;
  try {
    if ([options.file, options.receipt, ...options.witnesses].filter((one) => one === '-').length > 1)
      throw new CannotBeChecked('standard input can be read once only: name "-" once');
    const check = async (log: string): Promise<void> => {
      if (options.receipt !== undefined) receipt = await receiptAgainst(options.receipt, log);
    };
    verdict =
      options.file === undefined
        ? await ownLog(options, { signal: stop.signal, progress: progress.show, check })
        : await namedLog(options.file, options, { signal: stop.signal, progress: progress.show, check });
  } catch (error) {
    progress.end();
    if (error instanceof NoLog) return nothing('nothing', `NO LOG: ${errorWords(error)}`);
    if (error instanceof CannotBeChecked) return nothing('unchecked', `CANNOT BE CHECKED: ${errorWords(error)}`);
    throw error;
  } finally {
    process.removeListener('SIGINT', interrupt);
    progress.end();
  }
  if (!verdict) return refuse('stopped', 'stopped; nothing is known about the rest');
  if (options.json) writeObject('verdict', { ...verdict, ...(receipt && { receipt }) });
  else
    process.stdout.write(
      [...verdictWords(verdict, new Date()), ...(receipt ? [`Receipt: ${receipt.words}`] : [])]
        .map((line) => `${visibleLine(line)}\n`)
        .join(''),
    );
  if (receipt?.state === 'differs') return exitCode('failed');
  if (receipt?.state === 'partly' && (verdict.state === 'whole' || verdict.state === 'unsigned'))
    return exitCode('unchecked');
  return exitCode(EXIT[verdict.state]);
}

async function receiptAgainst(named: string, log: string): Promise<ReceiptCheck> {
  const { checkedReceipt } = await import('./verifyReceipt.ts');
  return checkedReceipt(named, log).catch((error: unknown) => {
    throw new CannotBeChecked(errorWords(error), { cause: error });
  });
}

/** No verdict: nothing was looked at. */
function nothing(exit: 'nothing' | 'unchecked', words: string): number {
  return refuse(exit, words, { state: exit === 'nothing' ? 'none' : exit, ok: false });
}

interface Verifying {
  signal: AbortSignal;
  progress: Progress;
  /** What else is to be held against the log, where that is whole. */
  check: (log: string) => Promise<void>;
}

async function ownLog(
  { key, witnesses }: VerifyOptions,
  { signal, progress, check }: Verifying,
): Promise<Verdict | undefined> {
  const file = join(ownFolders(process.env).data, 'audit.db');
  if (!existsSync(file)) {
    if (!hasBegunLog(ownFolders(process.env).data)) throw new NoLog(`there is no audit log yet (${file})`);
    throw new LogProblem(`THE AUDIT LOG IS GONE: ${file} is not there, although one was begun here`);
  }
  const account = key === undefined ? undefined : readKey(key);
  const named = await testimonies(witnesses);
  const { evidence, unasked } = await evidenceHere(process.env);
  await using _log = evidence;
  const unknown = { name: 'the witnesses of the policy', heads: [], isNamed: true };
  const more = [...named, ...(unasked === undefined ? [] : [{ ...unknown, problem: unasked }])];
  const verdict = await evidence.verify(signal, progress, { more, key: account, mustAll: true });
  // A log that is not whole is not worth being compared with, and may not even be read.
  if (verdict !== undefined && verdict.state !== 'broken') await check(file);
  return verdict;
}

/** Only what is given counts: the file, a public key, witnesses. */
async function namedLog(
  named: string,
  { key, witnesses }: Pick<VerifyOptions, 'key' | 'witnesses'>,
  { signal, progress, check }: Verifying,
): Promise<Verdict | undefined> {
  const account = key === undefined ? undefined : { key: readKey(key), from: 'given' as const };
  if (named !== '-' && !existsSync(named)) throw new NoLog(`${named} is not there`);
  using log = await spooled(named).catch((error: unknown) => {
    throw new CannotBeChecked(errorWords(error), { cause: error });
  });
  const against = { account, testimonies: await testimonies(witnesses) };
  const verdict = await verifyInWorker({ file: log.file, against }, signal, progress);
  // A log that is not whole is not worth being compared with, and may not even be read.
  if (verdict !== undefined && verdict.state !== 'broken') await check(log.file);
  return verdict;
}

function testimonies(files: readonly string[]): Promise<Testimony[]> {
  return Promise.all(files.map(namedWitness));
}

/** A witness that a person named: under the name that they gave it, and not silently without effect. */
async function namedWitness(named: string): Promise<Testimony> {
  try {
    using witness = await spooled(named);
    return { ...(await testimonyOf(new FileWitness(witness.file))), name: named, isNamed: true };
  } catch (error) {
    return { name: named, heads: [], problem: `it cannot be asked (${errorWords(error)})`, isNamed: true };
  }
}

function readKey(file: string): string {
  try {
    return publicKeyOf(createPublicKey(readFileSync(file)));
  } catch (error) {
    throw new CannotBeChecked(`${file} is not a public key as "oversign key" prints it`, { cause: error });
  }
}

/** `oversign key`: the account's public key, for those who check what it signed. */
export async function key(json: boolean): Promise<number> {
  const { evidence, data } = await evidenceHere(process.env);
  await using _log = evidence;
  const spki = Buffer.from(accountKey(data).publicKey, 'base64');
  const pem = createPublicKey({ key: spki, type: 'spki', format: 'der' }).export({ type: 'spki', format: 'pem' });
  if (json) writeObject('key', { key: String(pem) });
  else process.stdout.write(pem);
  return exitCode('done');
}
