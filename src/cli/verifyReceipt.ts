import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { firstDifference, withoutTexts } from '../core/exposure/compare.ts';
import { readReceipt } from '../core/exposure/receipt.ts';
import { Failure } from '../core/outcome.ts';
import { exposureIn } from '../node/exposure/receiptOf.ts';
import { sha256 } from '../node/files/hash.ts';
import type { SealedReceipt } from '../shared/exposure.ts';
import { spooled } from './spooled.ts';

/** What came of holding a receipt against a log. `partly`: of what was erased since then nobody knows any more. */
export interface ReceiptCheck {
  state: 'matches' | 'differs' | 'partly';
  words: string;
  run?: string;
}

const MOST_BYTES = 64 << 20;

/**
 * Whether a receipt says what a log (its database, or an export of it) says of that run, up to the event that the receipt
 * names. Throws a sentence where it is no receipt, or cannot be read.
 */
export async function checkedReceipt(named: string, log: string): Promise<ReceiptCheck> {
  using file = await spooled(named);
  if (statSync(file.file).size > MOST_BYTES) throw new Failure(`${named} is too large for a receipt`);
  const read = readReceipt(await readFile(file.file, 'utf8'), sha256);
  if (read.ok) return heldAgainst(read.receipt, log);
  if (!read.isReceipt) throw new Failure(`${named}: ${read.problem}`);
  return { state: 'differs', words: `DOES NOT MATCH: ${read.problem}.` };
}

function heldAgainst({ log, events, exposure }: SealedReceipt, file: string): ReceiptCheck {
  const { run } = exposure;
  const differs = (words: string): ReceiptCheck => ({ state: 'differs', words: `DOES NOT MATCH: ${words}.`, run });
  const found = exposureIn(file, run, events.last);
  if (found.log.name !== log.name) return differs(`it is of another log, ${log.name}; this one is ${found.log.name}`);
  if (found.log.key !== log.key) return differs(`it names the account key ${log.key}; the log has ${found.log.key}`);
  const { span } = found.fold;
  if (span.count === 0) return differs('the log has nothing of this run');
  if (span.last !== events.last || span.hash !== events.hash)
    return differs(`event ${events.last} of the log is not the one that it names`);
  if (span.first !== events.first || span.count !== events.count)
    return differs(
      `it counts ${events.count} events from ${events.first}; the log has ${span.count} from ${span.first}`,
    );
  const now = found.fold.result();
  const since = found.since === 0 ? '' : ` The run went on since: ${found.since} later events are not in it.`;
  const erased = now.texts.erased - exposure.texts.erased;
  const difference =
    erased > 0 ? firstDifference(withoutTexts(exposure), withoutTexts(now)) : firstDifference(exposure, now);
  if (difference !== undefined) return differs(difference);
  if (erased <= 0) return { state: 'matches', words: `MATCHES: the receipt says what the log says.${since}`, run };
  return {
    state: 'partly',
    words: `MATCHES AS FAR AS THE LOG STILL KNOWS: ${erased} texts were erased since. Names of files and commands in it cannot be checked.${since}`,
    run,
  };
}
